-- Companies, and the people one deals with. A contact may outlive its account.

CREATE TABLE accounts (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    name    varchar(255) NOT NULL CONSTRAINT accounts_name_not_blank CHECK (btrim(name) <> ''),
    email   varchar(254),
    phone   varchar(25)  CONSTRAINT accounts_phone_well_formed CHECK (phone ~ '^[0-9 ()+.-]{7,25}$'),
    website varchar(200),

    -- Size and trade.
    industry            varchar(255) CONSTRAINT accounts_industry_known CHECK (industry IN (
        'ADVERTISING', 'AGRICULTURE', 'APPAREL & ACCESSORIES', 'AUTOMOTIVE', 'BANKING', 'BIOTECHNOLOGY',
        'BUILDING MATERIALS & EQUIPMENT', 'CHEMICAL', 'COMPUTER', 'EDUCATION', 'ELECTRONICS', 'ENERGY',
        'ENTERTAINMENT & LEISURE', 'FINANCE', 'FOOD & BEVERAGE', 'GROCERY', 'HEALTHCARE', 'INSURANCE', 'LEGAL',
        'MANUFACTURING', 'PUBLISHING', 'REAL ESTATE', 'SERVICE', 'SOFTWARE', 'SPORTS', 'TECHNOLOGY',
        'TELECOMMUNICATIONS', 'TELEVISION', 'TRANSPORTATION', 'VENTURE CAPITAL')),
    number_of_employees integer
        CONSTRAINT accounts_number_of_employees_not_negative CHECK (number_of_employees >= 0),
    annual_revenue      numeric(15,2)
        CONSTRAINT accounts_annual_revenue_not_negative CHECK (annual_revenue >= 0),
    currency            varchar(3) CONSTRAINT accounts_currency_known CHECK (currency IN (
        'USD', 'EUR', 'GBP', 'INR', 'CAD', 'AUD', 'JPY', 'CNY', 'CHF', 'SGD', 'AED', 'BRL', 'MXN')),

    address_line varchar(255),
    city         varchar(255),
    state        varchar(255),
    postcode     varchar(64),
    country      varchar(3) CONSTRAINT accounts_country_well_formed CHECK (country ~ '^[A-Z]{2}$'),

    description   text,
    custom_fields jsonb   NOT NULL DEFAULT '{}'
                  CONSTRAINT accounts_custom_fields_is_object CHECK (jsonb_typeof(custom_fields) = 'object'),
    is_active     boolean NOT NULL DEFAULT true,  -- false: archived
    is_sample     boolean NOT NULL DEFAULT false, -- came with an industry pack

    -- What duplicates are found by. Stored, because an index on an expression is not used under the policies.
    name_key  text GENERATED ALWAYS AS (lower(btrim(name))) STORED,
    email_key text GENERATED ALWAYS AS (NULLIF(lower(btrim(email)), '')) STORED,
    phone_key text GENERATED ALWAYS AS (substring(regexp_replace(phone, '\D', '', 'g') FROM '\d{7,10}$')) STORED,
    CONSTRAINT accounts_name_unique UNIQUE (org_id, name_key)
);

CREATE INDEX accounts_created_at_idx ON accounts (org_id, created_at DESC, id DESC);
CREATE INDEX accounts_name_idx ON accounts (org_id, name, id);
CREATE INDEX accounts_industry_idx ON accounts (org_id, industry);
CREATE INDEX accounts_created_by_id_idx ON accounts (org_id, created_by_id);
CREATE INDEX accounts_email_key_idx ON accounts (org_id, email_key);
CREATE INDEX accounts_phone_key_idx ON accounts (org_id, phone_key);

SELECT protect_tenant_table('accounts');

CREATE TABLE contacts (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    first_name   varchar(255) NOT NULL CONSTRAINT contacts_first_name_not_blank CHECK (btrim(first_name) <> ''),
    last_name    varchar(255) NOT NULL CONSTRAINT contacts_last_name_not_blank CHECK (btrim(last_name) <> ''),
    email        varchar(254),
    phone        varchar(25)  CONSTRAINT contacts_phone_well_formed CHECK (phone ~ '^[0-9 ()+.-]{7,25}$'),
    do_not_call  boolean      NOT NULL DEFAULT false,
    linkedin_url varchar(200),

    -- Where the person works. organization is free text and says nothing about the account.
    account_id   uuid,
    organization varchar(255),
    title        varchar(255),
    department   varchar(255),

    address_line varchar(255),
    city         varchar(255),
    state        varchar(255),
    postcode     varchar(64),
    country      varchar(3) CONSTRAINT contacts_country_well_formed CHECK (country ~ '^[A-Z]{2}$'),

    description   text,
    custom_fields jsonb   NOT NULL DEFAULT '{}'
                  CONSTRAINT contacts_custom_fields_is_object CHECK (jsonb_typeof(custom_fields) = 'object'),
    is_active     boolean NOT NULL DEFAULT true,
    is_sample     boolean NOT NULL DEFAULT false,
    auto_created  boolean NOT NULL DEFAULT false, -- made from an inbound mail

    name_key  text GENERATED ALWAYS AS (lower(btrim(first_name) || ' ' || btrim(last_name))) STORED,
    email_key text GENERATED ALWAYS AS (NULLIF(lower(btrim(email)), '')) STORED,
    phone_key text GENERATED ALWAYS AS (substring(regexp_replace(phone, '\D', '', 'g') FROM '\d{7,10}$')) STORED,
    CONSTRAINT contacts_email_unique UNIQUE (org_id, email_key),
    CONSTRAINT contacts_account_id_fkey FOREIGN KEY (org_id, account_id)
        REFERENCES accounts (org_id, id) ON DELETE SET NULL (account_id)
);

CREATE INDEX contacts_created_at_idx ON contacts (org_id, created_at DESC, id DESC);
CREATE INDEX contacts_last_name_idx ON contacts (org_id, last_name, id);
CREATE INDEX contacts_first_name_idx ON contacts (org_id, first_name, id);
CREATE INDEX contacts_account_id_idx ON contacts (org_id, account_id, created_at DESC, id DESC);
CREATE INDEX contacts_created_by_id_idx ON contacts (org_id, created_by_id);
CREATE INDEX contacts_name_key_idx ON contacts (org_id, name_key);
CREATE INDEX contacts_phone_key_idx ON contacts (org_id, phone_key);

SELECT protect_tenant_table('contacts');

SELECT create_join_table('accounts_assigned_to', 'account_id', 'accounts', 'profile_id', 'profile');
SELECT create_join_table('accounts_teams', 'account_id', 'accounts', 'team_id', 'teams');
SELECT create_join_table('accounts_tags', 'account_id', 'accounts', 'tag_id', 'tags');
-- The people of the company; separate from a contact's own primary account.
SELECT create_join_table('accounts_contacts', 'account_id', 'accounts', 'contact_id', 'contacts');

SELECT create_join_table('contacts_assigned_to', 'contact_id', 'contacts', 'profile_id', 'profile');
SELECT create_join_table('contacts_teams', 'contact_id', 'contacts', 'team_id', 'teams');
SELECT create_join_table('contacts_tags', 'contact_id', 'contacts', 'tag_id', 'tags');
