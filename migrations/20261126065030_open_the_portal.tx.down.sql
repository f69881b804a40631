-- The owner is bound by the policies like everybody else, and would find no rows to delete.
ALTER TABLE activity NO FORCE ROW LEVEL SECURITY;
DELETE FROM activity WHERE entity_type IN ('Estimate', 'Recurring Invoice');
ALTER TABLE activity
    FORCE ROW LEVEL SECURITY,
    DROP CONSTRAINT activity_entity_type_known,
    ADD CONSTRAINT activity_entity_type_known CHECK (entity_type IN (
        'Account', 'Lead', 'Contact', 'Opportunity', 'Case', 'Task', 'Invoice', 'Event', 'Document', 'Team', 'Solution'));

ALTER TABLE portal_access_token NO FORCE ROW LEVEL SECURITY;
DELETE FROM portal_access_token WHERE resource_type = 'estimate';
DROP INDEX portal_access_token_target_idx;
ALTER TABLE portal_access_token
    FORCE ROW LEVEL SECURITY,
    DROP use_count,
    DROP last_used_at,
    DROP CONSTRAINT portal_access_token_resource_type_known,
    ADD CONSTRAINT portal_access_token_resource_type_known CHECK (resource_type IN ('invoice', 'web_form'));
CREATE INDEX portal_access_token_resource_idx ON portal_access_token (org_id, resource_type, resource_id);
