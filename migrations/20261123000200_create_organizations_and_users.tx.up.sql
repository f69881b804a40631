-- The platform's own tables: they stand above the organizations, so they have no org_id and no policies. Nothing a
-- tenant enters about its customers belongs here.

CREATE TABLE users (
    id         uuid         PRIMARY KEY,
    created_at timestamptz  NOT NULL DEFAULT now(),
    updated_at timestamptz  NOT NULL DEFAULT now(),

    -- One row a human, in however many organizations. Lower-case is the only spelling, so plain equality finds it.
    email       varchar(254)  NOT NULL CONSTRAINT users_email_unique UNIQUE
                              CONSTRAINT users_email_lower_case CHECK (email = lower(email) AND email <> ''),
    name        varchar(255)  NOT NULL DEFAULT '',
    profile_pic varchar(1000),

    is_active    boolean     NOT NULL DEFAULT true,  -- false: may not sign in, whatever the memberships say
    is_staff     boolean     NOT NULL DEFAULT false, -- back office only, no meaning in the API
    is_superuser boolean     NOT NULL DEFAULT false, -- platform operator; never derived from an e-mail domain
    last_login   timestamptz
);

CREATE TABLE organization (
    id            uuid        PRIMARY KEY,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,

    name      varchar(100) NOT NULL CONSTRAINT organization_name_unique UNIQUE
                           CONSTRAINT organization_name_not_blank CHECK (btrim(name) <> ''),
    is_active boolean      NOT NULL DEFAULT true, -- false refuses sign-in, tokens and refreshes

    -- What is printed on invoices.
    company_name varchar(255) NOT NULL DEFAULT '',
    logo         varchar(100),
    address_line varchar(255) NOT NULL DEFAULT '',
    city         varchar(100) NOT NULL DEFAULT '',
    state        varchar(100) NOT NULL DEFAULT '',
    postcode     varchar(20)  NOT NULL DEFAULT '',
    country      varchar(3)   NOT NULL DEFAULT ''
                 CONSTRAINT organization_country_well_formed CHECK (country ~ '^([A-Z]{2})?$'),
    phone        varchar(25)  NOT NULL DEFAULT ''
                 CONSTRAINT organization_phone_well_formed CHECK (phone ~ '^([0-9 ()+.-]{7,25})?$'),
    email        varchar(254) NOT NULL DEFAULT '',
    website      varchar(200) NOT NULL DEFAULT '',
    tax_id       varchar(50)  NOT NULL DEFAULT '',

    -- What decides how the organization's records are read: amounts without a currency, and what "today" is.
    default_currency varchar(3)  NOT NULL DEFAULT 'USD'
                     CONSTRAINT organization_default_currency_known CHECK (default_currency IN (
                         'USD', 'EUR', 'GBP', 'INR', 'CAD', 'AUD', 'JPY', 'CNY', 'CHF', 'SGD', 'AED', 'BRL', 'MXN')),
    default_country  varchar(2)
                     CONSTRAINT organization_default_country_well_formed CHECK (default_country ~ '^[A-Z]{2}$'),
    timezone         varchar(64) NOT NULL DEFAULT 'UTC'
                     CONSTRAINT organization_timezone_not_blank CHECK (timezone <> ''),

    -- Behaviour and wording.
    csat_enabled                         boolean     NOT NULL DEFAULT true,
    auto_close_children_on_parent_close  boolean     NOT NULL DEFAULT false,
    vertical                             varchar(64) NOT NULL DEFAULT '', -- descriptive, never an access rule
    terminology                          jsonb       NOT NULL DEFAULT '{}'
        CONSTRAINT organization_terminology_is_object CHECK (jsonb_typeof(terminology) = 'object')
);
