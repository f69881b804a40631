ALTER TABLE number_counter
    DROP CONSTRAINT number_counter_series_known,
    ADD CONSTRAINT number_counter_series_known CHECK (series IN ('invoice'));

DROP INDEX invoice_totals_idx, invoice_created_by_id_idx, invoice_unpaid_idx, invoice_paid_at_idx, invoice_status_order_idx, invoice_updated_at_idx;
CREATE INDEX invoice_created_by_id_idx ON invoice (org_id, created_by_id);
ALTER TABLE invoice DROP amount_due_key;

ALTER TABLE invoice_history
    ALTER client_name SET DEFAULT '', ALTER client_name SET NOT NULL,
    ALTER client_email SET DEFAULT '', ALTER client_email SET NOT NULL;
ALTER TABLE invoice_line_item
    ALTER description SET DEFAULT '', ALTER description SET NOT NULL,
    ALTER discount_type SET DEFAULT '', ALTER discount_type SET NOT NULL,
    ALTER discount_value SET DEFAULT 0, ALTER discount_value SET NOT NULL,
    ALTER name DROP NOT NULL,
    DROP CONSTRAINT invoice_line_item_discount_type_known,
    ADD CONSTRAINT invoice_line_item_discount_type_known CHECK (discount_type IN ('', 'PERCENTAGE', 'FIXED')),
    DROP currency;
ALTER TABLE invoice
    ALTER client_city TYPE varchar(100) USING left(client_city, 100), ALTER client_state TYPE varchar(100) USING left(client_state, 100),
    ALTER client_postcode TYPE varchar(20) USING left(client_postcode, 20),
    ALTER billing_city TYPE varchar(100) USING left(billing_city, 100), ALTER billing_state TYPE varchar(100) USING left(billing_state, 100),
    ALTER billing_postcode TYPE varchar(20) USING left(billing_postcode, 20),
    ALTER client_name SET DEFAULT '', ALTER client_name SET NOT NULL,
    ALTER client_email SET DEFAULT '', ALTER client_email SET NOT NULL,
    ALTER client_phone SET DEFAULT '', ALTER client_phone SET NOT NULL,
    ALTER client_address_line SET DEFAULT '', ALTER client_address_line SET NOT NULL,
    ALTER client_city SET DEFAULT '', ALTER client_city SET NOT NULL,
    ALTER client_state SET DEFAULT '', ALTER client_state SET NOT NULL,
    ALTER client_postcode SET DEFAULT '', ALTER client_postcode SET NOT NULL,
    ALTER client_country SET DEFAULT '', ALTER client_country SET NOT NULL,
    ALTER billing_address_line SET DEFAULT '', ALTER billing_address_line SET NOT NULL,
    ALTER billing_city SET DEFAULT '', ALTER billing_city SET NOT NULL,
    ALTER billing_state SET DEFAULT '', ALTER billing_state SET NOT NULL,
    ALTER billing_postcode SET DEFAULT '', ALTER billing_postcode SET NOT NULL,
    ALTER billing_country SET DEFAULT '', ALTER billing_country SET NOT NULL,
    ALTER discount_type SET DEFAULT '', ALTER discount_type SET NOT NULL,
    ALTER discount_value SET DEFAULT 0, ALTER discount_value SET NOT NULL,
    ALTER notes SET DEFAULT '', ALTER notes SET NOT NULL,
    ALTER terms SET DEFAULT '', ALTER terms SET NOT NULL,
    ALTER due_date DROP NOT NULL,
    DROP CONSTRAINT invoice_discount_type_known,
    ADD CONSTRAINT invoice_discount_type_known CHECK (discount_type IN ('', 'PERCENTAGE', 'FIXED'));

DROP INDEX product_category_idx, product_archived_idx, product_price_key_idx, product_updated_at_idx;
CREATE INDEX product_category_idx ON product (org_id, category);
ALTER TABLE product DROP price_key, ALTER currency DROP NOT NULL;
