-- The owner is bound by the policies like everybody else, and would find no rows to delete.
ALTER TABLE custom_field_value NO FORCE ROW LEVEL SECURITY;
DELETE FROM custom_field_value WHERE target = 'Estimate';
ALTER TABLE custom_field_value FORCE ROW LEVEL SECURITY;
ALTER TABLE custom_field_definition NO FORCE ROW LEVEL SECURITY;
DELETE FROM custom_field_definition WHERE target_model = 'Estimate';
ALTER TABLE custom_field_definition
    FORCE ROW LEVEL SECURITY,
    DROP CONSTRAINT custom_field_definition_target_model_known,
    ADD CONSTRAINT custom_field_definition_target_model_known CHECK (target_model IN (
        'Account', 'Lead', 'Contact', 'Opportunity', 'Case', 'Task', 'Invoice', 'Recurring invoice'));

DROP INDEX custom_field_value_value_idx;
CREATE INDEX custom_field_value_value_idx ON custom_field_value (org_id, target, value, entity_id);

ALTER TABLE custom_field_value ALTER COLUMN entity_id SET STATISTICS -1;

DROP STATISTICS custom_field_value_values;
