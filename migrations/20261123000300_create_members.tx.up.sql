CREATE TABLE address (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    address_line varchar(255) NOT NULL DEFAULT '',
    street       varchar(55)  NOT NULL DEFAULT '',
    city         varchar(255) NOT NULL DEFAULT '',
    state        varchar(255) NOT NULL DEFAULT '',
    postcode     varchar(64)  NOT NULL DEFAULT '',
    country      varchar(3)   NOT NULL DEFAULT ''
                 CONSTRAINT address_country_well_formed CHECK (country ~ '^([A-Z]{2})?$')
);

CREATE INDEX address_created_at_idx ON address (org_id, created_at DESC, id DESC);

SELECT protect_tenant_table('address');

-- The membership of one user in one organization: what "member" means everywhere else. role is the only source of
-- admin rights.
CREATE TABLE profile (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    user_id              uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    role                 varchar(50) NOT NULL DEFAULT 'USER'
                         CONSTRAINT profile_role_known CHECK (role IN ('ADMIN', 'USER')),
    has_sales_access     boolean     NOT NULL DEFAULT false, -- may import
    has_marketing_access boolean     NOT NULL DEFAULT false, -- shown, gates nothing
    is_active            boolean     NOT NULL DEFAULT true,  -- false: suspended, every request is refused

    phone           varchar(20) CONSTRAINT profile_phone_not_blank CHECK (btrim(phone) <> ''),
    alternate_phone varchar(20),
    address_id      uuid,
    date_of_joining date,

    CONSTRAINT profile_user_unique UNIQUE (org_id, user_id),
    CONSTRAINT profile_phone_unique UNIQUE (org_id, phone),
    -- Removing an address must not end a membership.
    CONSTRAINT profile_address_id_fkey FOREIGN KEY (org_id, address_id)
        REFERENCES address (org_id, id) ON DELETE SET NULL (address_id)
);

CREATE INDEX profile_created_at_idx ON profile (org_id, created_at DESC, id DESC);
CREATE INDEX profile_address_id_idx ON profile (org_id, address_id);
-- The one index of this table that does not start with the organization: own_memberships reads across them.
CREATE INDEX profile_user_id_idx ON profile (user_id);

SELECT protect_tenant_table('profile');

-- Signing in has to find the user's organizations before one of them is chosen: a user reads their own memberships.
CREATE POLICY own_memberships ON profile FOR SELECT
    USING (user_id = NULLIF(current_setting('app.current_user', true), '')::uuid);
