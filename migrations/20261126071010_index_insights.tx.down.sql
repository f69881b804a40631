DROP INDEX lead_hot_idx, opportunity_closing_idx, opportunity_stage_changed_at_idx, case_answered_idx, case_open_idx, case_unanswered_idx;
DROP INDEX opportunity_totals_idx, lead_totals_idx;
CREATE INDEX opportunity_totals_idx ON opportunity (org_id, stage, currency) INCLUDE (amount, probability);
CREATE INDEX lead_totals_idx ON lead (org_id, status, currency) INCLUDE (opportunity_amount, probability);
