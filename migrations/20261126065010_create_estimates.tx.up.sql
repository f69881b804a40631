-- A quote. The document's columns are those of an invoice; what differs is how it ends.
CREATE TABLE estimate (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    title           varchar(100) NOT NULL CONSTRAINT estimate_title_not_blank CHECK (btrim(title) <> ''),
    estimate_number varchar(50)  NOT NULL
                    CONSTRAINT estimate_estimate_number_not_blank CHECK (btrim(estimate_number) <> ''),
    status          varchar(20)  NOT NULL DEFAULT 'Draft' CONSTRAINT estimate_status_known CHECK (status IN (
                        'Draft', 'Sent', 'Viewed', 'Accepted', 'Declined', 'Expired')),
    account_id      uuid,
    contact_id      uuid,
    opportunity_id  uuid,

    -- The receiver, copied at the time of writing.
    client_name         varchar(255),
    client_email        varchar(254),
    client_phone        varchar(25),
    client_address_line varchar(255),
    client_city         varchar(255),
    client_state        varchar(255),
    client_postcode     varchar(64),
    client_country      varchar(3) CONSTRAINT estimate_client_country_well_formed CHECK (client_country ~ '^[A-Z]{2}$'),

    -- Money: inputs and what is computed from them and the lines.
    currency        varchar(3)    NOT NULL DEFAULT 'USD' CONSTRAINT estimate_currency_known CHECK (currency IN (
                        'USD', 'EUR', 'GBP', 'INR', 'CAD', 'AUD', 'JPY', 'CNY', 'CHF', 'SGD', 'AED', 'BRL', 'MXN')),
    subtotal        numeric(12,2) NOT NULL DEFAULT 0 CONSTRAINT estimate_subtotal_not_negative CHECK (subtotal >= 0),
    discount_type   varchar(20)
                    CONSTRAINT estimate_discount_type_known CHECK (discount_type IN ('PERCENTAGE', 'FIXED')),
    discount_value  numeric(12,2),
    discount_amount numeric(12,2) NOT NULL DEFAULT 0,
    tax_rate        numeric(5,2)  NOT NULL DEFAULT 0
                    CONSTRAINT estimate_tax_rate_in_range CHECK (tax_rate BETWEEN 0 AND 100),
    tax_amount      numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT estimate_tax_amount_not_negative CHECK (tax_amount >= 0),
    total_amount    numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT estimate_total_amount_not_negative CHECK (total_amount >= 0),
    total_amount_key bigint GENERATED ALWAYS AS ((total_amount * 100)::bigint) STORED,

    -- Dates. issue_date has no default: the day is the organization's, which the database does not know.
    issue_date  date NOT NULL,
    expiry_date date, -- the last day on which it may be accepted
    sent_at     timestamptz,
    viewed_at   timestamptz,

    -- The client's answer: who gave it is said by whoever had the link.
    accepted_at         timestamptz,
    accepted_by_name    varchar(255),
    accepted_by_email   varchar(254),
    accepted_ip         inet,
    accepted_user_agent varchar(500),
    declined_at         timestamptz,
    decline_reason      text CONSTRAINT estimate_decline_reason_in_length CHECK (char_length(decline_reason) <= 2000),

    converted_to_invoice_id uuid,

    notes         text,
    terms         text,
    custom_fields jsonb NOT NULL DEFAULT '{}'
                  CONSTRAINT estimate_custom_fields_is_object CHECK (jsonb_typeof(custom_fields) = 'object'),

    CONSTRAINT estimate_estimate_number_unique UNIQUE (org_id, estimate_number),

    CONSTRAINT estimate_discount_value_in_range CHECK (
        discount_value >= 0 AND (discount_type <> 'PERCENTAGE' OR discount_value <= 100)),
    CONSTRAINT estimate_discount_within_subtotal CHECK (discount_amount BETWEEN 0 AND subtotal),
    CONSTRAINT estimate_accepted_is_dated CHECK (status <> 'Accepted' OR accepted_at IS NOT NULL),
    CONSTRAINT estimate_declined_is_dated CHECK (status <> 'Declined' OR declined_at IS NOT NULL),

    -- An account with estimates is archived, not deleted (NO ACTION for the sake of deleting an organization).
    CONSTRAINT estimate_account_id_fkey FOREIGN KEY (org_id, account_id)
        REFERENCES accounts (org_id, id) ON DELETE NO ACTION,
    CONSTRAINT estimate_contact_id_fkey FOREIGN KEY (org_id, contact_id)
        REFERENCES contacts (org_id, id) ON DELETE SET NULL (contact_id),
    CONSTRAINT estimate_opportunity_id_fkey FOREIGN KEY (org_id, opportunity_id)
        REFERENCES opportunity (org_id, id) ON DELETE SET NULL (opportunity_id),
    CONSTRAINT estimate_converted_to_invoice_id_fkey FOREIGN KEY (org_id, converted_to_invoice_id)
        REFERENCES invoice (org_id, id) ON DELETE SET NULL (converted_to_invoice_id)
);

CREATE INDEX estimate_created_at_idx ON estimate (org_id, created_at DESC, id DESC);
CREATE INDEX estimate_status_idx ON estimate (org_id, status, created_at DESC, id DESC);
CREATE INDEX estimate_issue_date_idx ON estimate (org_id, issue_date, id);
CREATE INDEX estimate_expiry_date_idx ON estimate (org_id, expiry_date, id);
CREATE INDEX estimate_unanswered_idx ON estimate (org_id, expiry_date, id) WHERE status IN ('Draft', 'Sent', 'Viewed', 'Expired');
CREATE INDEX estimate_total_amount_key_idx ON estimate (org_id, total_amount_key, id);
CREATE INDEX estimate_account_id_idx ON estimate (org_id, account_id, created_at DESC, id DESC);
CREATE INDEX estimate_contact_id_idx ON estimate (org_id, contact_id, created_at DESC, id DESC);
CREATE INDEX estimate_opportunity_id_idx ON estimate (org_id, opportunity_id, created_at DESC, id DESC);
CREATE INDEX estimate_converted_to_invoice_id_idx ON estimate (org_id, converted_to_invoice_id);
CREATE INDEX estimate_updated_at_idx ON estimate (org_id, updated_at DESC, id DESC);
CREATE INDEX estimate_created_by_id_idx ON estimate (org_id, created_by_id, created_at DESC, id DESC);
CREATE INDEX estimate_totals_idx ON estimate (org_id, status, currency) INCLUDE (total_amount);

SELECT protect_tenant_table('estimate');

SELECT create_join_table('estimate_assigned_to', 'estimate_id', 'estimate', 'profile_id', 'profile');
SELECT create_join_table('estimate_teams', 'estimate_id', 'estimate', 'team_id', 'teams');

CREATE TABLE estimate_line_item (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    estimate_id uuid NOT NULL,
    sort_order  integer      NOT NULL DEFAULT 0
                CONSTRAINT estimate_line_item_sort_order_not_negative CHECK (sort_order >= 0),
    product_id  uuid,
    name        varchar(255) NOT NULL -- copied from the product, so that the line outlives it
                CONSTRAINT estimate_line_item_name_not_blank CHECK (btrim(name) <> ''),
    description varchar(500),
    currency    varchar(3)   NOT NULL CONSTRAINT estimate_line_item_currency_known CHECK (currency IN ( -- the estimate's
                    'USD', 'EUR', 'GBP', 'INR', 'CAD', 'AUD', 'JPY', 'CNY', 'CHF', 'SGD', 'AED', 'BRL', 'MXN')),

    quantity        numeric(10,2) NOT NULL DEFAULT 1
                    CONSTRAINT estimate_line_item_quantity_positive CHECK (quantity > 0),
    unit_price      numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT estimate_line_item_unit_price_not_negative CHECK (unit_price >= 0),
    subtotal        numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT estimate_line_item_subtotal_not_negative CHECK (subtotal >= 0),
    discount_type   varchar(20)
                    CONSTRAINT estimate_line_item_discount_type_known CHECK (discount_type IN ('PERCENTAGE', 'FIXED')),
    discount_value  numeric(12,2),
    discount_amount numeric(12,2) NOT NULL DEFAULT 0,
    tax_rate        numeric(5,2)  NOT NULL DEFAULT 0
                    CONSTRAINT estimate_line_item_tax_rate_in_range CHECK (tax_rate BETWEEN 0 AND 100),
    tax_amount      numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT estimate_line_item_tax_amount_not_negative CHECK (tax_amount >= 0),
    total           numeric(12,2) NOT NULL DEFAULT 0
                    CONSTRAINT estimate_line_item_total_not_negative CHECK (total >= 0),

    CONSTRAINT estimate_line_item_discount_value_in_range CHECK (
        discount_value >= 0 AND (discount_type <> 'PERCENTAGE' OR discount_value <= 100)),
    CONSTRAINT estimate_line_item_discount_within_subtotal CHECK (discount_amount BETWEEN 0 AND subtotal),

    CONSTRAINT estimate_line_item_estimate_id_fkey FOREIGN KEY (org_id, estimate_id)
        REFERENCES estimate (org_id, id) ON DELETE CASCADE,
    CONSTRAINT estimate_line_item_product_id_fkey FOREIGN KEY (org_id, product_id)
        REFERENCES product (org_id, id) ON DELETE SET NULL (product_id)
);

CREATE INDEX estimate_line_item_estimate_id_idx ON estimate_line_item (org_id, estimate_id, sort_order, id);
CREATE INDEX estimate_line_item_product_id_idx ON estimate_line_item (org_id, product_id);

SELECT protect_tenant_table('estimate_line_item');
