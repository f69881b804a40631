DROP INDEX invoice_owed_idx, estimate_open_idx, invoice_issued_idx, invoice_unpaid_idx, invoice_paid_at_idx, payment_payment_date_idx, estimate_totals_idx;
CREATE INDEX invoice_unpaid_idx ON invoice (org_id, due_date, id) WHERE status IN ('Sent', 'Viewed', 'Partially_Paid', 'Overdue');
CREATE INDEX invoice_paid_at_idx ON invoice (org_id, paid_at, id) WHERE paid_at IS NOT NULL;
CREATE INDEX payment_payment_date_idx ON payment (org_id, payment_date DESC, id DESC);
CREATE INDEX estimate_totals_idx ON estimate (org_id, status, currency) INCLUDE (total_amount);
