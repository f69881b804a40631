-- How many records have a value decides where a list of them begins, so the planner must know it. Each kind of record has
-- keys of its own; counted one by one, a value would seem as rare as its kind is.
CREATE STATISTICS custom_field_value_values (mcv) ON org_id, target, value FROM custom_field_value;

-- Ids of all kinds stand in one column. Compared with the ids of one kind, their number would have the planner expect a
-- fraction of the matches there are; without it, it takes those of the value. (That the type is said again forgets what was
-- counted so far.)
ALTER TABLE custom_field_value ALTER COLUMN entity_id TYPE uuid, ALTER COLUMN entity_id SET STATISTICS 0;

-- A value has its key in it, so a record has it once. Knowing that, the planner looks for one row.
DROP INDEX custom_field_value_value_idx;
CREATE UNIQUE INDEX custom_field_value_value_idx ON custom_field_value (org_id, target, value, entity_id);

-- Estimates have custom fields too.
ALTER TABLE custom_field_definition
    DROP CONSTRAINT custom_field_definition_target_model_known,
    ADD CONSTRAINT custom_field_definition_target_model_known CHECK (target_model IN (
        'Account', 'Lead', 'Contact', 'Opportunity', 'Case', 'Task', 'Invoice', 'Estimate', 'Recurring invoice'));
