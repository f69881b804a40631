-- The knowledge base has a timeline, and is listed by its last change.
ALTER TABLE activity DROP CONSTRAINT activity_entity_type_known, ADD CONSTRAINT activity_entity_type_known CHECK (entity_type IN (
    'Account', 'Lead', 'Contact', 'Opportunity', 'Case', 'Task', 'Invoice', 'Event', 'Document', 'Team', 'Solution'));
CREATE INDEX solution_updated_at_idx ON solution (org_id, updated_at DESC, id DESC);

-- Suggestions are the last changed of what is published.
DROP INDEX solution_is_published_idx;
CREATE INDEX solution_is_published_idx ON solution (org_id, is_published, created_at DESC, id DESC);
CREATE INDEX solution_published_idx ON solution (org_id, updated_at DESC, id DESC) WHERE is_published;
