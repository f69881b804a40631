-- Amounts are computed by the server and stored, so that what was printed stays what it was. The checks below are
-- the last line: whichever path writes, an invoice never owes less than nothing.

CREATE TABLE invoice (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    invoice_title  varchar(100) NOT NULL CONSTRAINT invoice_invoice_title_not_blank CHECK (btrim(invoice_title) <> ''),
    invoice_number varchar(50)  NOT NULL
                   CONSTRAINT invoice_invoice_number_not_blank CHECK (btrim(invoice_number) <> ''),
    status         varchar(20)  NOT NULL DEFAULT 'Draft' CONSTRAINT invoice_status_known CHECK (status IN (
                       'Draft', 'Sent', 'Viewed', 'Paid', 'Partially_Paid', 'Overdue', 'Pending', 'Cancelled')),
    account_id     uuid,
    contact_id     uuid,
    opportunity_id uuid,

    -- The receiver, copied at the time of writing.
    client_name         varchar(255) NOT NULL DEFAULT '',
    client_email        varchar(254) NOT NULL DEFAULT '',
    client_phone        varchar(25)  NOT NULL DEFAULT '',
    client_address_line varchar(255) NOT NULL DEFAULT '',
    client_city         varchar(100) NOT NULL DEFAULT '',
    client_state        varchar(100) NOT NULL DEFAULT '',
    client_postcode     varchar(20)  NOT NULL DEFAULT '',
    client_country      varchar(3)   NOT NULL DEFAULT ''
                        CONSTRAINT invoice_client_country_well_formed CHECK (client_country ~ '^([A-Z]{2})?$'),

    -- The sender's address.
    billing_address_line varchar(255) NOT NULL DEFAULT '',
    billing_city         varchar(100) NOT NULL DEFAULT '',
    billing_state        varchar(100) NOT NULL DEFAULT '',
    billing_postcode     varchar(20)  NOT NULL DEFAULT '',
    billing_country      varchar(3)   NOT NULL DEFAULT ''
                         CONSTRAINT invoice_billing_country_well_formed CHECK (billing_country ~ '^([A-Z]{2})?$'),

    -- Money: inputs and what is computed from them and the lines.
    currency        varchar(3)    NOT NULL DEFAULT 'USD' CONSTRAINT invoice_currency_known CHECK (currency IN (
                        'USD', 'EUR', 'GBP', 'INR', 'CAD', 'AUD', 'JPY', 'CNY', 'CHF', 'SGD', 'AED', 'BRL', 'MXN')),
    subtotal        numeric(12,2) NOT NULL DEFAULT 0 CONSTRAINT invoice_subtotal_not_negative CHECK (subtotal >= 0),
    discount_type   varchar(20)   NOT NULL DEFAULT ''
                    CONSTRAINT invoice_discount_type_known CHECK (discount_type IN ('', 'PERCENTAGE', 'FIXED')),
    discount_value  numeric(12,2) NOT NULL DEFAULT 0,
    discount_amount numeric(12,2) NOT NULL DEFAULT 0,
    tax_rate        numeric(5,2)  NOT NULL DEFAULT 0
                    CONSTRAINT invoice_tax_rate_in_range CHECK (tax_rate BETWEEN 0 AND 100),
    tax_amount      numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT invoice_tax_amount_not_negative CHECK (tax_amount >= 0),
    shipping_amount numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT invoice_shipping_amount_not_negative CHECK (shipping_amount >= 0),
    total_amount    numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT invoice_total_amount_not_negative CHECK (total_amount >= 0),
    amount_paid     numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT invoice_amount_paid_not_negative CHECK (amount_paid >= 0),
    amount_due      numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT invoice_amount_due_not_negative CHECK (amount_due >= 0),

    -- Dates. issue_date has no default: the day is the organization's, which the database does not know.
    issue_date     date        NOT NULL,
    due_date       date,
    payment_terms  varchar(20) NOT NULL DEFAULT 'NET_30' CONSTRAINT invoice_payment_terms_known CHECK (payment_terms IN (
                       'DUE_ON_RECEIPT', 'NET_15', 'NET_30', 'NET_45', 'NET_60', 'CUSTOM')),
    billing_period varchar(100),
    po_number      varchar(100),
    sent_at        timestamptz,
    viewed_at      timestamptz,
    paid_at        timestamptz,
    cancelled_at   timestamptz,
    is_email_sent  boolean     NOT NULL DEFAULT false,

    -- Reminders.
    reminder_enabled     boolean     NOT NULL DEFAULT true,
    reminder_days_before integer     NOT NULL DEFAULT 3
        CONSTRAINT invoice_reminder_days_before_not_negative CHECK (reminder_days_before >= 0),
    reminder_days_after  integer     NOT NULL DEFAULT 7
        CONSTRAINT invoice_reminder_days_after_not_negative CHECK (reminder_days_after >= 0),
    reminder_frequency   varchar(20) NOT NULL DEFAULT 'ONCE'
        CONSTRAINT invoice_reminder_frequency_known CHECK (reminder_frequency IN ('ONCE', 'WEEKLY', 'CUSTOM')),
    last_reminder_sent   timestamptz,
    reminder_count       integer     NOT NULL DEFAULT 0
        CONSTRAINT invoice_reminder_count_not_negative CHECK (reminder_count >= 0),

    -- The client's page. portal_access_token finds the invoice by the token's hash.
    public_token        varchar(64) NOT NULL,
    public_link_enabled boolean     NOT NULL DEFAULT true,

    notes         text  NOT NULL DEFAULT '',
    terms         text  NOT NULL DEFAULT '',
    details       text,
    custom_fields jsonb NOT NULL DEFAULT '{}'
                  CONSTRAINT invoice_custom_fields_is_object CHECK (jsonb_typeof(custom_fields) = 'object'),

    -- Per organization: a number or token that were unique everywhere would tell tenants about each other.
    CONSTRAINT invoice_invoice_number_unique UNIQUE (org_id, invoice_number),
    CONSTRAINT invoice_public_token_unique UNIQUE (org_id, public_token),

    CONSTRAINT invoice_discount_value_in_range CHECK (
        discount_value >= 0 AND (discount_type <> 'PERCENTAGE' OR discount_value <= 100)),
    CONSTRAINT invoice_discount_within_subtotal CHECK (discount_amount BETWEEN 0 AND subtotal),

    -- An account with invoices is archived, not deleted (NO ACTION for the sake of deleting an organization).
    CONSTRAINT invoice_account_id_fkey FOREIGN KEY (org_id, account_id)
        REFERENCES accounts (org_id, id) ON DELETE NO ACTION,
    CONSTRAINT invoice_contact_id_fkey FOREIGN KEY (org_id, contact_id)
        REFERENCES contacts (org_id, id) ON DELETE SET NULL (contact_id),
    CONSTRAINT invoice_opportunity_id_fkey FOREIGN KEY (org_id, opportunity_id)
        REFERENCES opportunity (org_id, id) ON DELETE SET NULL (opportunity_id)
);

CREATE INDEX invoice_created_at_idx ON invoice (org_id, created_at DESC, id DESC);
CREATE INDEX invoice_status_idx ON invoice (org_id, status, created_at DESC, id DESC);
CREATE INDEX invoice_issue_date_idx ON invoice (org_id, issue_date, id);
CREATE INDEX invoice_due_date_idx ON invoice (org_id, due_date, id);
CREATE INDEX invoice_total_amount_idx ON invoice (org_id, total_amount, id);
CREATE INDEX invoice_account_id_idx ON invoice (org_id, account_id, created_at DESC, id DESC);
CREATE INDEX invoice_contact_id_idx ON invoice (org_id, contact_id, created_at DESC, id DESC);
CREATE INDEX invoice_opportunity_id_idx ON invoice (org_id, opportunity_id, created_at DESC, id DESC);
CREATE INDEX invoice_created_by_id_idx ON invoice (org_id, created_by_id);

SELECT protect_tenant_table('invoice');

SELECT create_join_table('invoice_assigned_to', 'invoice_id', 'invoice', 'profile_id', 'profile');
SELECT create_join_table('invoice_teams', 'invoice_id', 'invoice', 'team_id', 'teams');

CREATE TABLE invoice_line_item (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    invoice_id  uuid         NOT NULL,
    sort_order  integer      NOT NULL DEFAULT 0
                CONSTRAINT invoice_line_item_sort_order_not_negative CHECK (sort_order >= 0),
    product_id  uuid,
    name        varchar(255), -- copied from the product, so that the line outlives it
    description varchar(500) NOT NULL DEFAULT '',

    quantity        numeric(10,2) NOT NULL DEFAULT 1
                    CONSTRAINT invoice_line_item_quantity_positive CHECK (quantity > 0),
    unit_price      numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT invoice_line_item_unit_price_not_negative CHECK (unit_price >= 0),
    subtotal        numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT invoice_line_item_subtotal_not_negative CHECK (subtotal >= 0),
    discount_type   varchar(20)   NOT NULL DEFAULT '' CONSTRAINT invoice_line_item_discount_type_known
                    CHECK (discount_type IN ('', 'PERCENTAGE', 'FIXED')),
    discount_value  numeric(12,2) NOT NULL DEFAULT 0,
    discount_amount numeric(12,2) NOT NULL DEFAULT 0,
    tax_rate        numeric(5,2)  NOT NULL DEFAULT 0
                    CONSTRAINT invoice_line_item_tax_rate_in_range CHECK (tax_rate BETWEEN 0 AND 100),
    tax_amount      numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT invoice_line_item_tax_amount_not_negative CHECK (tax_amount >= 0),
    total           numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT invoice_line_item_total_not_negative CHECK (total >= 0),

    CONSTRAINT invoice_line_item_discount_value_in_range CHECK (
        discount_value >= 0 AND (discount_type <> 'PERCENTAGE' OR discount_value <= 100)),
    CONSTRAINT invoice_line_item_discount_within_subtotal CHECK (discount_amount BETWEEN 0 AND subtotal),

    CONSTRAINT invoice_line_item_invoice_id_fkey FOREIGN KEY (org_id, invoice_id)
        REFERENCES invoice (org_id, id) ON DELETE CASCADE,
    CONSTRAINT invoice_line_item_product_id_fkey FOREIGN KEY (org_id, product_id)
        REFERENCES product (org_id, id) ON DELETE SET NULL (product_id)
);

CREATE INDEX invoice_line_item_invoice_id_idx ON invoice_line_item (org_id, invoice_id, sort_order, id);
CREATE INDEX invoice_line_item_product_id_idx ON invoice_line_item (org_id, product_id);

SELECT protect_tenant_table('invoice_line_item');

-- What the invoice looked like after each change. Written with the change, never edited.
CREATE TABLE invoice_history (
    id         uuid        NOT NULL,
    org_id     uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),

    invoice_id    uuid NOT NULL,
    changed_by_id uuid, -- a member, where updated_by_id would be a user; null when a job made the change
    details       text, -- a sentence that names the changed fields

    invoice_title  varchar(100)  NOT NULL,
    invoice_number varchar(50)   NOT NULL,
    status         varchar(20)   NOT NULL DEFAULT 'Draft' CONSTRAINT invoice_history_status_known CHECK (status IN (
                       'Draft', 'Sent', 'Viewed', 'Paid', 'Partially_Paid', 'Overdue', 'Pending', 'Cancelled')),
    client_name    varchar(255)  NOT NULL DEFAULT '',
    client_email   varchar(254)  NOT NULL DEFAULT '',
    total_amount   numeric(12,2) NOT NULL DEFAULT 0,
    amount_due     numeric(12,2) NOT NULL DEFAULT 0,
    currency       varchar(3)    CONSTRAINT invoice_history_currency_known CHECK (currency IN (
                       'USD', 'EUR', 'GBP', 'INR', 'CAD', 'AUD', 'JPY', 'CNY', 'CHF', 'SGD', 'AED', 'BRL', 'MXN')),
    due_date       date,

    CONSTRAINT invoice_history_invoice_id_fkey FOREIGN KEY (org_id, invoice_id)
        REFERENCES invoice (org_id, id) ON DELETE CASCADE,
    CONSTRAINT invoice_history_changed_by_id_fkey FOREIGN KEY (org_id, changed_by_id)
        REFERENCES profile (org_id, id) ON DELETE SET NULL (changed_by_id)
);

CREATE INDEX invoice_history_created_at_idx ON invoice_history (org_id, created_at DESC, id DESC);
CREATE INDEX invoice_history_invoice_id_idx ON invoice_history (org_id, invoice_id, created_at DESC, id DESC);
CREATE INDEX invoice_history_changed_by_id_idx ON invoice_history (org_id, changed_by_id);

SELECT protect_tenant_table('invoice_history');

-- The last number given out on a day. Its row is locked while a number is drawn: the highest existing number plus
-- one would give two at a time the same, and a sequence would tell one tenant how much the others sell.
CREATE TABLE number_counter (
    org_id      uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    series      varchar(20) NOT NULL CONSTRAINT number_counter_series_known CHECK (series IN ('invoice')),
    day         date        NOT NULL, -- the organization's
    last_number integer     NOT NULL CONSTRAINT number_counter_last_number_positive CHECK (last_number > 0),
    PRIMARY KEY (org_id, series, day)
);

SELECT protect_tenant_table('number_counter');
