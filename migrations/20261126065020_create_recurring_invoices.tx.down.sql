ALTER TABLE invoice DROP recurring_invoice_id, DROP recurrence_date;
DROP TABLE recurring_invoice_line_item;
DROP TABLE recurring_invoice_teams;
DROP TABLE recurring_invoice_assigned_to;
DROP TABLE recurring_invoice;
