-- What reports on invoices and estimates add up is read from the indexes alone.
DROP INDEX invoice_unpaid_idx, invoice_paid_at_idx, payment_payment_date_idx, estimate_totals_idx;
CREATE INDEX invoice_unpaid_idx ON invoice (org_id, due_date, id) INCLUDE (currency, total_amount, amount_due, amount_due_key)
    WHERE status IN ('Sent', 'Viewed', 'Partially_Paid', 'Overdue');
CREATE INDEX invoice_issued_idx ON invoice (org_id, issue_date) INCLUDE (currency, total_amount)
    WHERE status IN ('Sent', 'Viewed', 'Partially_Paid', 'Overdue', 'Paid');
CREATE INDEX invoice_paid_at_idx ON invoice (org_id, paid_at, id) INCLUDE (issue_date) WHERE paid_at IS NOT NULL;
CREATE INDEX payment_payment_date_idx ON payment (org_id, payment_date DESC, id DESC) INCLUDE (currency, amount);
CREATE INDEX estimate_totals_idx ON estimate (org_id, status, currency) INCLUDE (total_amount, expiry_date);

-- What the night looks for.
CREATE INDEX invoice_owed_idx ON invoice (org_id, due_date, id) WHERE status IN ('Sent', 'Viewed', 'Partially_Paid');
CREATE INDEX estimate_open_idx ON estimate (org_id, expiry_date, id) WHERE status IN ('Draft', 'Sent', 'Viewed');
