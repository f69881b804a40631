-- Until when an estimate can still be answered, as a column of its own: the planner then knows how many have expired, which
-- it cannot tell from the status and the day apart.
ALTER TABLE estimate ADD open_until date
    GENERATED ALWAYS AS (CASE WHEN status IN ('Draft', 'Sent', 'Viewed', 'Expired') THEN expiry_date END) STORED;
DROP INDEX estimate_unanswered_idx, estimate_open_idx;
CREATE INDEX estimate_open_until_idx ON estimate (org_id, open_until, id) WHERE open_until IS NOT NULL;
CREATE INDEX estimate_expiring_idx ON estimate (org_id, open_until, id) WHERE status IN ('Draft', 'Sent', 'Viewed');
