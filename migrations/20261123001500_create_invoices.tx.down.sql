DROP TABLE number_counter;
DROP TABLE invoice_history;
DROP TABLE invoice_line_item;
DROP TABLE invoice_teams;
DROP TABLE invoice_assigned_to;
DROP TABLE invoice;
