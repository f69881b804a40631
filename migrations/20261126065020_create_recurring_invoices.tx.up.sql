-- Invoices that are made again and again: the schedule, and what each of them has.
CREATE TABLE recurring_invoice (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    title          varchar(100) NOT NULL CONSTRAINT recurring_invoice_title_not_blank CHECK (btrim(title) <> ''),
    is_active      boolean      NOT NULL DEFAULT true, -- false: paused, or at its end
    account_id     uuid,
    contact_id     uuid,
    opportunity_id uuid,

    -- The receiver, copied at the time of writing.
    client_name         varchar(255),
    client_email        varchar(254),
    client_phone        varchar(25),
    client_address_line varchar(255),
    client_city         varchar(255),
    client_state        varchar(255),
    client_postcode     varchar(64),
    client_country      varchar(3) CONSTRAINT recurring_invoice_client_country_well_formed CHECK (client_country ~ '^[A-Z]{2}$'),

    -- The dates on which invoices are made. The days are the organization's, which the database does not know.
    frequency            varchar(20) NOT NULL DEFAULT 'MONTHLY' CONSTRAINT recurring_invoice_frequency_known CHECK (frequency IN (
                             'WEEKLY', 'BIWEEKLY', 'MONTHLY', 'QUARTERLY', 'SEMI_ANNUALLY', 'YEARLY', 'CUSTOM')),
    custom_days          integer,
    start_date           date        NOT NULL,
    end_date             date,
    next_generation_date date        NOT NULL,
    invoices_generated   integer     NOT NULL DEFAULT 0
        CONSTRAINT recurring_invoice_invoices_generated_not_negative CHECK (invoices_generated >= 0),
    payment_terms        varchar(20) NOT NULL DEFAULT 'NET_30' CONSTRAINT recurring_invoice_payment_terms_known CHECK (payment_terms IN (
                             'DUE_ON_RECEIPT', 'NET_15', 'NET_30', 'NET_45', 'NET_60', 'CUSTOM')),
    auto_send            boolean     NOT NULL DEFAULT false, -- true: an invoice is sent as soon as it is made

    -- Money, as each of the invoices will have it.
    currency        varchar(3)    NOT NULL DEFAULT 'USD' CONSTRAINT recurring_invoice_currency_known CHECK (currency IN (
                        'USD', 'EUR', 'GBP', 'INR', 'CAD', 'AUD', 'JPY', 'CNY', 'CHF', 'SGD', 'AED', 'BRL', 'MXN')),
    subtotal        numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT recurring_invoice_subtotal_not_negative CHECK (subtotal >= 0),
    discount_type   varchar(20)
                    CONSTRAINT recurring_invoice_discount_type_known CHECK (discount_type IN ('PERCENTAGE', 'FIXED')),
    discount_value  numeric(12,2),
    discount_amount numeric(12,2) NOT NULL DEFAULT 0,
    tax_rate        numeric(5,2)  NOT NULL DEFAULT 0
                    CONSTRAINT recurring_invoice_tax_rate_in_range CHECK (tax_rate BETWEEN 0 AND 100),
    tax_amount      numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT recurring_invoice_tax_amount_not_negative CHECK (tax_amount >= 0),
    total_amount    numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT recurring_invoice_total_amount_not_negative CHECK (total_amount >= 0),

    notes         text,
    terms         text,
    custom_fields jsonb NOT NULL DEFAULT '{}'
                  CONSTRAINT recurring_invoice_custom_fields_is_object CHECK (jsonb_typeof(custom_fields) = 'object'),

    CONSTRAINT recurring_invoice_custom_has_days CHECK (frequency <> 'CUSTOM' OR COALESCE(custom_days, 0) >= 1),
    CONSTRAINT recurring_invoice_end_date_not_before_start CHECK (end_date >= start_date),
    CONSTRAINT recurring_invoice_discount_value_in_range CHECK (
        discount_value >= 0 AND (discount_type <> 'PERCENTAGE' OR discount_value <= 100)),
    CONSTRAINT recurring_invoice_discount_within_subtotal CHECK (discount_amount BETWEEN 0 AND subtotal),

    -- An account with schedules is archived, not deleted (NO ACTION for the sake of deleting an organization).
    CONSTRAINT recurring_invoice_account_id_fkey FOREIGN KEY (org_id, account_id)
        REFERENCES accounts (org_id, id) ON DELETE NO ACTION,
    CONSTRAINT recurring_invoice_contact_id_fkey FOREIGN KEY (org_id, contact_id)
        REFERENCES contacts (org_id, id) ON DELETE SET NULL (contact_id),
    CONSTRAINT recurring_invoice_opportunity_id_fkey FOREIGN KEY (org_id, opportunity_id)
        REFERENCES opportunity (org_id, id) ON DELETE SET NULL (opportunity_id)
);

CREATE INDEX recurring_invoice_created_at_idx ON recurring_invoice (org_id, created_at DESC, id DESC);
CREATE INDEX recurring_invoice_next_generation_date_idx ON recurring_invoice (org_id, next_generation_date, id);
CREATE INDEX recurring_invoice_frequency_idx ON recurring_invoice (org_id, frequency, created_at DESC, id DESC);
CREATE INDEX recurring_invoice_paused_idx ON recurring_invoice (org_id, created_at DESC, id DESC) WHERE NOT is_active;
CREATE INDEX recurring_invoice_account_id_idx ON recurring_invoice (org_id, account_id, created_at DESC, id DESC);
CREATE INDEX recurring_invoice_contact_id_idx ON recurring_invoice (org_id, contact_id, created_at DESC, id DESC);
CREATE INDEX recurring_invoice_opportunity_id_idx ON recurring_invoice (org_id, opportunity_id, created_at DESC, id DESC);
CREATE INDEX recurring_invoice_created_by_id_idx ON recurring_invoice (org_id, created_by_id, created_at DESC, id DESC);

SELECT protect_tenant_table('recurring_invoice');

SELECT create_join_table('recurring_invoice_assigned_to', 'recurring_invoice_id', 'recurring_invoice', 'profile_id', 'profile');
SELECT create_join_table('recurring_invoice_teams', 'recurring_invoice_id', 'recurring_invoice', 'team_id', 'teams');

CREATE TABLE recurring_invoice_line_item (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    recurring_invoice_id uuid NOT NULL,
    sort_order  integer      NOT NULL DEFAULT 0
                CONSTRAINT recurring_invoice_line_item_sort_order_not_negative CHECK (sort_order >= 0),
    product_id  uuid,
    name        varchar(255) NOT NULL -- copied from the product, so that the line outlives it
                CONSTRAINT recurring_invoice_line_item_name_not_blank CHECK (btrim(name) <> ''),
    description varchar(500),
    currency    varchar(3)   NOT NULL CONSTRAINT recurring_invoice_line_item_currency_known CHECK (currency IN ( -- the recurring invoice's
                    'USD', 'EUR', 'GBP', 'INR', 'CAD', 'AUD', 'JPY', 'CNY', 'CHF', 'SGD', 'AED', 'BRL', 'MXN')),

    quantity        numeric(10,2) NOT NULL DEFAULT 1
                    CONSTRAINT recurring_invoice_line_item_quantity_positive CHECK (quantity > 0),
    unit_price      numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT recurring_invoice_line_item_unit_price_not_negative CHECK (unit_price >= 0),
    subtotal        numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT recurring_invoice_line_item_subtotal_not_negative CHECK (subtotal >= 0),
    discount_type   varchar(20)
                    CONSTRAINT recurring_invoice_line_item_discount_type_known CHECK (discount_type IN ('PERCENTAGE', 'FIXED')),
    discount_value  numeric(12,2),
    discount_amount numeric(12,2) NOT NULL DEFAULT 0,
    tax_rate        numeric(5,2)  NOT NULL DEFAULT 0
                    CONSTRAINT recurring_invoice_line_item_tax_rate_in_range CHECK (tax_rate BETWEEN 0 AND 100),
    tax_amount      numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT recurring_invoice_line_item_tax_amount_not_negative CHECK (tax_amount >= 0),
    total           numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT recurring_invoice_line_item_total_not_negative CHECK (total >= 0),

    CONSTRAINT recurring_invoice_line_item_discount_value_in_range CHECK (
        discount_value >= 0 AND (discount_type <> 'PERCENTAGE' OR discount_value <= 100)),
    CONSTRAINT recurring_invoice_line_item_discount_within_subtotal CHECK (discount_amount BETWEEN 0 AND subtotal),

    CONSTRAINT recurring_invoice_line_item_recurring_invoice_id_fkey FOREIGN KEY (org_id, recurring_invoice_id)
        REFERENCES recurring_invoice (org_id, id) ON DELETE CASCADE,
    CONSTRAINT recurring_invoice_line_item_product_id_fkey FOREIGN KEY (org_id, product_id)
        REFERENCES product (org_id, id) ON DELETE SET NULL (product_id)
);

CREATE INDEX recurring_invoice_line_item_recurring_invoice_id_idx ON recurring_invoice_line_item (org_id, recurring_invoice_id, sort_order, id);
CREATE INDEX recurring_invoice_line_item_product_id_idx ON recurring_invoice_line_item (org_id, product_id);

SELECT protect_tenant_table('recurring_invoice_line_item');

-- Which schedule made an invoice, and for which of its dates: there is one invoice for a date, whoever makes it.
ALTER TABLE invoice
    ADD recurring_invoice_id uuid,
    ADD recurrence_date date,
    ADD CONSTRAINT invoice_recurrence_unique UNIQUE (org_id, recurring_invoice_id, recurrence_date),
    ADD CONSTRAINT invoice_recurring_invoice_id_fkey FOREIGN KEY (org_id, recurring_invoice_id)
        REFERENCES recurring_invoice (org_id, id) ON DELETE SET NULL (recurring_invoice_id);
