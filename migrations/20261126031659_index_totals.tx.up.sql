-- What a whole list comes to, by stage or status and currency, is read from the index alone. The amounts are only carried
-- along: no condition compares them.
CREATE INDEX opportunity_totals_idx ON opportunity (org_id, stage, currency) INCLUDE (amount, probability);
CREATE INDEX lead_totals_idx ON lead (org_id, status, currency) INCLUDE (opportunity_amount, probability);
