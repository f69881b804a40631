DROP INDEX case_priority_idx;
CREATE INDEX case_priority_idx ON "case" (org_id, priority, created_at DESC, id DESC);

DROP INDEX case_updated_at_idx, case_closed_on_idx, case_case_type_idx, case_archived_idx;
