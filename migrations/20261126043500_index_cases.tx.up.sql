-- Orders and filters of the list of cases that had no index of their own.
CREATE INDEX case_updated_at_idx ON "case" (org_id, updated_at DESC, id DESC);
CREATE INDEX case_closed_on_idx ON "case" (org_id, closed_on, id);
CREATE INDEX case_case_type_idx ON "case" (org_id, case_type, created_at DESC, id DESC);
CREATE INDEX case_archived_idx ON "case" (org_id, created_at DESC, id DESC) WHERE NOT is_active;

-- Lists leave duplicates out: they are told by the index alone.
DROP INDEX case_priority_idx;
CREATE INDEX case_priority_idx ON "case" (org_id, priority, created_at DESC, id DESC) INCLUDE (status);
