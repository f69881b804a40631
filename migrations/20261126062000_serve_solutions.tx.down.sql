DROP INDEX solution_published_idx, solution_is_published_idx;
CREATE INDEX solution_is_published_idx ON solution (org_id, is_published, updated_at DESC);
DROP INDEX solution_updated_at_idx;
DELETE FROM activity WHERE entity_type = 'Solution';
ALTER TABLE activity DROP CONSTRAINT activity_entity_type_known, ADD CONSTRAINT activity_entity_type_known CHECK (entity_type IN (
    'Account', 'Lead', 'Contact', 'Opportunity', 'Case', 'Task', 'Invoice', 'Event', 'Document', 'Team'));
