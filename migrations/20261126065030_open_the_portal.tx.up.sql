-- Links lead to estimates too, and tell how often they were followed.
ALTER TABLE portal_access_token
    DROP CONSTRAINT portal_access_token_resource_type_known,
    ADD CONSTRAINT portal_access_token_resource_type_known CHECK (resource_type IN ('invoice', 'estimate', 'web_form')),
    ADD use_count    integer NOT NULL DEFAULT 0 CONSTRAINT portal_access_token_use_count_not_negative CHECK (use_count >= 0),
    ADD last_used_at timestamptz;
DROP INDEX portal_access_token_resource_idx;
CREATE INDEX portal_access_token_target_idx ON portal_access_token (org_id, resource_type, resource_id, created_at DESC, id DESC);

ALTER TABLE activity
    DROP CONSTRAINT activity_entity_type_known,
    ADD CONSTRAINT activity_entity_type_known CHECK (entity_type IN (
        'Account', 'Lead', 'Contact', 'Opportunity', 'Case', 'Task', 'Invoice', 'Event', 'Document', 'Team', 'Solution',
        'Estimate', 'Recurring Invoice'));
