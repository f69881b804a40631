-- What the lists of products are asked for. A price is never without its currency.
ALTER TABLE product
    ALTER currency SET NOT NULL,
    ADD price_key bigint GENERATED ALWAYS AS ((price * 100)::bigint) STORED;
CREATE INDEX product_updated_at_idx ON product (org_id, updated_at DESC, id DESC);
CREATE INDEX product_price_key_idx ON product (org_id, price_key, id);
CREATE INDEX product_archived_idx ON product (org_id, created_at DESC, id DESC) WHERE NOT is_active;
DROP INDEX product_category_idx;
CREATE INDEX product_category_idx ON product (org_id, category, created_at DESC, id DESC);

-- What an invoice does not say is missing, as everywhere, and not an empty text. It takes whatever address an account has.
ALTER TABLE invoice
    ALTER client_city TYPE varchar(255), ALTER client_state TYPE varchar(255), ALTER client_postcode TYPE varchar(64),
    ALTER billing_city TYPE varchar(255), ALTER billing_state TYPE varchar(255), ALTER billing_postcode TYPE varchar(64),
    ALTER client_name DROP NOT NULL, ALTER client_name DROP DEFAULT,
    ALTER client_email DROP NOT NULL, ALTER client_email DROP DEFAULT,
    ALTER client_phone DROP NOT NULL, ALTER client_phone DROP DEFAULT,
    ALTER client_address_line DROP NOT NULL, ALTER client_address_line DROP DEFAULT,
    ALTER client_city DROP NOT NULL, ALTER client_city DROP DEFAULT,
    ALTER client_state DROP NOT NULL, ALTER client_state DROP DEFAULT,
    ALTER client_postcode DROP NOT NULL, ALTER client_postcode DROP DEFAULT,
    ALTER client_country DROP NOT NULL, ALTER client_country DROP DEFAULT,
    ALTER billing_address_line DROP NOT NULL, ALTER billing_address_line DROP DEFAULT,
    ALTER billing_city DROP NOT NULL, ALTER billing_city DROP DEFAULT,
    ALTER billing_state DROP NOT NULL, ALTER billing_state DROP DEFAULT,
    ALTER billing_postcode DROP NOT NULL, ALTER billing_postcode DROP DEFAULT,
    ALTER billing_country DROP NOT NULL, ALTER billing_country DROP DEFAULT,
    ALTER discount_type DROP NOT NULL, ALTER discount_type DROP DEFAULT,
    ALTER discount_value DROP NOT NULL, ALTER discount_value DROP DEFAULT,
    ALTER notes DROP NOT NULL, ALTER notes DROP DEFAULT,
    ALTER terms DROP NOT NULL, ALTER terms DROP DEFAULT,
    ALTER due_date SET NOT NULL,
    DROP CONSTRAINT invoice_discount_type_known,
    ADD CONSTRAINT invoice_discount_type_known CHECK (discount_type IN ('PERCENTAGE', 'FIXED'));
ALTER TABLE invoice_line_item
    ALTER description DROP NOT NULL, ALTER description DROP DEFAULT,
    ALTER discount_type DROP NOT NULL, ALTER discount_type DROP DEFAULT,
    ALTER discount_value DROP NOT NULL, ALTER discount_value DROP DEFAULT,
    ALTER name SET NOT NULL,
    DROP CONSTRAINT invoice_line_item_discount_type_known,
    ADD CONSTRAINT invoice_line_item_discount_type_known CHECK (discount_type IN ('PERCENTAGE', 'FIXED')),
    ADD currency varchar(3) NOT NULL CONSTRAINT invoice_line_item_currency_known CHECK (currency IN ( -- the invoice's
        'USD', 'EUR', 'GBP', 'INR', 'CAD', 'AUD', 'JPY', 'CNY', 'CHF', 'SGD', 'AED', 'BRL', 'MXN'));
ALTER TABLE invoice_history
    ALTER client_name DROP NOT NULL, ALTER client_name DROP DEFAULT,
    ALTER client_email DROP NOT NULL, ALTER client_email DROP DEFAULT;

-- What the lists of invoices are asked for. Amounts are compared as bigint.
ALTER TABLE invoice ADD amount_due_key bigint GENERATED ALWAYS AS ((amount_due * 100)::bigint) STORED;
CREATE INDEX invoice_updated_at_idx ON invoice (org_id, updated_at DESC, id DESC);
CREATE INDEX invoice_status_order_idx ON invoice (org_id, status, id);
CREATE INDEX invoice_paid_at_idx ON invoice (org_id, paid_at, id) WHERE paid_at IS NOT NULL;
CREATE INDEX invoice_unpaid_idx ON invoice (org_id, due_date, id) WHERE status IN ('Sent', 'Viewed', 'Partially_Paid', 'Overdue');
DROP INDEX invoice_created_by_id_idx;
CREATE INDEX invoice_created_by_id_idx ON invoice (org_id, created_by_id, created_at DESC, id DESC);
CREATE INDEX invoice_totals_idx ON invoice (org_id, status, currency) INCLUDE (total_amount, amount_due);

-- Estimates are numbered like invoices.
ALTER TABLE number_counter
    DROP CONSTRAINT number_counter_series_known,
    ADD CONSTRAINT number_counter_series_known CHECK (series IN ('invoice', 'estimate'));
