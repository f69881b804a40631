-- What is promised of cases, for lists: when what is owed next is due, and from when on a promise is broken, null when it is
-- kept. A pause that lasts breaks no promise and lets nothing be due; one that has ended has moved both. Model Case says the
-- same of a case at hand. (Only with a time zone in its text is the sum of an instant and hours the same for every session.)
ALTER TABLE "case"
    ADD due_at timestamptz GENERATED ALWAYS AS (CASE WHEN status IN ('New', 'Assigned') THEN
        (created_at AT TIME ZONE 'UTC' + make_interval(secs => sla_paused_seconds, hours =>
            CASE WHEN first_response_at IS NULL THEN sla_first_response_hours ELSE sla_resolution_hours END)) AT TIME ZONE 'UTC' END) STORED,
    ADD first_response_breach_at timestamptz GENERATED ALWAYS AS (
        CASE WHEN coalesce(first_response_at, resolved_at) IS NULL AND status IN ('Rejected', 'Duplicate') THEN NULL
             WHEN coalesce(first_response_at, resolved_at, sla_paused_at) <=
                 (created_at AT TIME ZONE 'UTC' + make_interval(secs => sla_paused_seconds, hours => sla_first_response_hours)) AT TIME ZONE 'UTC' THEN NULL
             ELSE (created_at AT TIME ZONE 'UTC' + make_interval(secs => sla_paused_seconds, hours => sla_first_response_hours)) AT TIME ZONE 'UTC' END) STORED,
    ADD resolution_breach_at timestamptz GENERATED ALWAYS AS (
        CASE WHEN resolved_at IS NULL AND status IN ('Rejected', 'Duplicate') THEN NULL
             WHEN coalesce(resolved_at, sla_paused_at) <=
                 (created_at AT TIME ZONE 'UTC' + make_interval(secs => sla_paused_seconds, hours => sla_resolution_hours)) AT TIME ZONE 'UTC' THEN NULL
             ELSE (created_at AT TIME ZONE 'UTC' + make_interval(secs => sla_paused_seconds, hours => sla_resolution_hours)) AT TIME ZONE 'UTC' END) STORED;
CREATE INDEX case_due_at_idx ON "case" (org_id, due_at, id);
CREATE INDEX case_first_response_breach_at_idx ON "case" (org_id, first_response_breach_at);
CREATE INDEX case_resolution_breach_at_idx ON "case" (org_id, resolution_breach_at);

-- What is under a case, and what was merged into it, in the order of a list.
DROP INDEX case_parent_id_idx, case_merged_into_id_idx;
CREATE INDEX case_parent_id_idx ON "case" (org_id, parent_id, created_at DESC, id DESC);
CREATE INDEX case_merged_into_id_idx ON "case" (org_id, merged_into_id, created_at DESC, id DESC);
CREATE INDEX case_problem_idx ON "case" (org_id, created_at DESC, id DESC) WHERE is_problem;
