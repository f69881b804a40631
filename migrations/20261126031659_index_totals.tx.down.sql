DROP INDEX lead_totals_idx;
DROP INDEX opportunity_totals_idx;
