-- Totals leave out what is archived: the index tells of it.
DROP INDEX opportunity_totals_idx, lead_totals_idx;
CREATE INDEX opportunity_totals_idx ON opportunity (org_id, stage, currency) INCLUDE (amount, probability, is_active);
CREATE INDEX lead_totals_idx ON lead (org_id, status, currency) INCLUDE (opportunity_amount, probability, is_active);

-- What the dashboard and the queue of today ask for.
CREATE INDEX lead_hot_idx ON lead (org_id, created_at DESC, id DESC)
    WHERE rating = 'HOT' AND status IN ('assigned', 'in process') AND is_active;
CREATE INDEX opportunity_closing_idx ON opportunity (org_id, stage, closed_on, id);
CREATE INDEX opportunity_stage_changed_at_idx ON opportunity (org_id, stage, stage_changed_at, id)
    INCLUDE (currency, amount, probability, is_active);
CREATE INDEX case_answered_idx ON "case" (org_id, created_at DESC, id DESC) WHERE first_response_at IS NOT NULL;

-- All that they have are wanted, and entries that are alike take little room.
CREATE INDEX case_open_idx ON "case" (org_id) WHERE status IN ('New', 'Assigned', 'Pending') AND is_active;
CREATE INDEX case_unanswered_idx ON "case" (org_id)
    WHERE first_response_at IS NULL AND status IN ('New', 'Assigned', 'Pending') AND is_active;
