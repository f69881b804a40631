ALTER TABLE invoice DROP template_id;
DROP TABLE invoice_template;
