CREATE TABLE lead (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    -- Who it is about. Everything is optional, but something must be there to show.
    title        varchar(255),
    salutation   varchar(64),
    first_name   varchar(255),
    last_name    varchar(255),
    job_title    varchar(255),
    company_name varchar(255), -- becomes the account at conversion
    email        varchar(254),
    phone        varchar(25) CONSTRAINT lead_phone_well_formed CHECK (phone ~ '^[0-9 ()+.-]{7,25}$'),
    website      varchar(255),
    linkedin_url varchar(500),

    -- Where it stands.
    status   varchar(255) NOT NULL DEFAULT 'assigned' CONSTRAINT lead_status_known CHECK (status IN (
                 'assigned', 'in process', 'converted', 'recycled', 'closed')),
    source   varchar(255) CONSTRAINT lead_source_known CHECK (source IN (
                 'call', 'email', 'existing customer', 'partner', 'public relations', 'campaign', 'other')),
    rating   varchar(10)  CONSTRAINT lead_rating_known CHECK (rating IN ('HOT', 'WARM', 'COLD')),
    industry varchar(255) CONSTRAINT lead_industry_known CHECK (industry IN (
        'ADVERTISING', 'AGRICULTURE', 'APPAREL & ACCESSORIES', 'AUTOMOTIVE', 'BANKING', 'BIOTECHNOLOGY',
        'BUILDING MATERIALS & EQUIPMENT', 'CHEMICAL', 'COMPUTER', 'EDUCATION', 'ELECTRONICS', 'ENERGY',
        'ENTERTAINMENT & LEISURE', 'FINANCE', 'FOOD & BEVERAGE', 'GROCERY', 'HEALTHCARE', 'INSURANCE', 'LEGAL',
        'MANUFACTURING', 'PUBLISHING', 'REAL ESTATE', 'SERVICE', 'SOFTWARE', 'SPORTS', 'TECHNOLOGY',
        'TELECOMMUNICATIONS', 'TELEVISION', 'TRANSPORTATION', 'VENTURE CAPITAL')),

    -- What it may be worth.
    opportunity_amount numeric(12,2) CONSTRAINT lead_opportunity_amount_not_negative CHECK (opportunity_amount >= 0),
    currency           varchar(3)    CONSTRAINT lead_currency_known CHECK (currency IN (
        'USD', 'EUR', 'GBP', 'INR', 'CAD', 'AUD', 'JPY', 'CNY', 'CHF', 'SGD', 'AED', 'BRL', 'MXN')),
    probability        integer       DEFAULT 0
                       CONSTRAINT lead_probability_in_range CHECK (probability BETWEEN 0 AND 100),
    close_date         date, -- expected

    address_line varchar(255),
    city         varchar(255),
    state        varchar(255),
    postcode     varchar(64),
    country      varchar(3) CONSTRAINT lead_country_well_formed CHECK (country ~ '^[A-Z]{2}$'),

    last_contacted date, -- kept by users, not by the server
    next_follow_up date,

    description   text,
    custom_fields jsonb         NOT NULL DEFAULT '{}'
                  CONSTRAINT lead_custom_fields_is_object CHECK (jsonb_typeof(custom_fields) = 'object'),
    kanban_order  numeric(15,6) NOT NULL DEFAULT 0,
    is_active     boolean       NOT NULL DEFAULT true,
    is_sample     boolean       NOT NULL DEFAULT false,

    -- What the conversion made or found, so that it can be traced.
    converted_at             timestamptz,
    converted_account_id     uuid,
    converted_contact_id     uuid,
    converted_opportunity_id uuid,

    -- What duplicates are found by. Stored, because an index on an expression is not used under the policies.
    name_key  text GENERATED ALWAYS AS (
        NULLIF(lower(btrim(btrim(coalesce(first_name, '')) || ' ' || btrim(coalesce(last_name, '')))), '')) STORED,
    email_key text GENERATED ALWAYS AS (NULLIF(lower(btrim(email)), '')) STORED,
    phone_key text GENERATED ALWAYS AS (substring(regexp_replace(phone, '\D', '', 'g') FROM '\d{7,10}$')) STORED,
    CONSTRAINT lead_email_unique UNIQUE (org_id, email_key),

    CONSTRAINT lead_has_name CHECK (
        coalesce(btrim(title), '') <> '' OR coalesce(btrim(first_name), '') <> ''
        OR coalesce(btrim(last_name), '') <> '' OR coalesce(btrim(company_name), '') <> ''
        OR coalesce(btrim(email), '') <> ''),

    CONSTRAINT lead_converted_account_id_fkey FOREIGN KEY (org_id, converted_account_id)
        REFERENCES accounts (org_id, id) ON DELETE SET NULL (converted_account_id),
    CONSTRAINT lead_converted_contact_id_fkey FOREIGN KEY (org_id, converted_contact_id)
        REFERENCES contacts (org_id, id) ON DELETE SET NULL (converted_contact_id),
    CONSTRAINT lead_converted_opportunity_id_fkey FOREIGN KEY (org_id, converted_opportunity_id)
        REFERENCES opportunity (org_id, id) ON DELETE SET NULL (converted_opportunity_id)
);

CREATE INDEX lead_created_at_idx ON lead (org_id, created_at DESC, id DESC);
CREATE INDEX lead_status_idx ON lead (org_id, status, kanban_order, id);
CREATE INDEX lead_source_idx ON lead (org_id, source);
CREATE INDEX lead_title_idx ON lead (org_id, title, id);
CREATE INDEX lead_company_name_idx ON lead (org_id, company_name, id);
CREATE INDEX lead_last_name_idx ON lead (org_id, last_name, id);
CREATE INDEX lead_opportunity_amount_idx ON lead (org_id, opportunity_amount, id);
CREATE INDEX lead_last_contacted_idx ON lead (org_id, last_contacted, id);
CREATE INDEX lead_next_follow_up_idx ON lead (org_id, next_follow_up);
CREATE INDEX lead_created_by_id_idx ON lead (org_id, created_by_id);
CREATE INDEX lead_converted_account_id_idx ON lead (org_id, converted_account_id);
CREATE INDEX lead_converted_contact_id_idx ON lead (org_id, converted_contact_id);
CREATE INDEX lead_converted_opportunity_id_idx ON lead (org_id, converted_opportunity_id);
CREATE INDEX lead_name_key_idx ON lead (org_id, name_key);
CREATE INDEX lead_phone_key_idx ON lead (org_id, phone_key);

SELECT protect_tenant_table('lead');

SELECT create_join_table('lead_assigned_to', 'lead_id', 'lead', 'profile_id', 'profile');
SELECT create_join_table('lead_teams', 'lead_id', 'lead', 'team_id', 'teams');
SELECT create_join_table('lead_tags', 'lead_id', 'lead', 'tag_id', 'tags');
SELECT create_join_table('lead_contacts', 'lead_id', 'lead', 'contact_id', 'contacts');
