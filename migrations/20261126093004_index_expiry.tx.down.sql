DROP INDEX estimate_expiring_idx, estimate_open_until_idx;
CREATE INDEX estimate_open_idx ON estimate (org_id, expiry_date, id) WHERE status IN ('Draft', 'Sent', 'Viewed');
CREATE INDEX estimate_unanswered_idx ON estimate (org_id, expiry_date, id) WHERE status IN ('Draft', 'Sent', 'Viewed', 'Expired');
ALTER TABLE estimate DROP open_until;
