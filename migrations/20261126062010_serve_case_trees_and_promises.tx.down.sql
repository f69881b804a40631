DROP INDEX case_problem_idx, case_parent_id_idx, case_merged_into_id_idx;
CREATE INDEX case_parent_id_idx ON "case" (org_id, parent_id);
CREATE INDEX case_merged_into_id_idx ON "case" (org_id, merged_into_id);
ALTER TABLE "case" DROP due_at, DROP first_response_breach_at, DROP resolution_breach_at;
