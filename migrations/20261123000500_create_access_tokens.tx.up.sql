-- Tokens that carry their organization with them. Each is found by its hash before the organization is known, so
-- each has a third policy: who knows the hash reads that one row, and nothing else.

CREATE TABLE personal_access_token (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    PRIMARY KEY (org_id, id),

    profile_id   uuid         NOT NULL, -- the member whom the token acts for
    name         varchar(255) NOT NULL CONSTRAINT personal_access_token_name_not_blank CHECK (btrim(name) <> ''),
    token_hash   varchar(64)  NOT NULL, -- SHA-256
    token_prefix varchar(20)  NOT NULL, -- the first characters, to recognise it by
    scopes       jsonb        NOT NULL DEFAULT '[]' -- empty: unrestricted
                 CONSTRAINT personal_access_token_scopes_is_list CHECK (jsonb_typeof(scopes) = 'array'),

    expires_at   timestamptz,
    last_used_at timestamptz,
    revoked_at   timestamptz,

    CONSTRAINT personal_access_token_token_hash_unique UNIQUE (org_id, token_hash),
    CONSTRAINT personal_access_token_profile_id_fkey FOREIGN KEY (org_id, profile_id)
        REFERENCES profile (org_id, id) ON DELETE CASCADE
);

CREATE INDEX personal_access_token_created_at_idx ON personal_access_token (org_id, created_at DESC, id DESC);
CREATE INDEX personal_access_token_profile_id_idx ON personal_access_token (org_id, profile_id);
-- For by_token, which cannot name an organization.
CREATE INDEX personal_access_token_token_hash_idx ON personal_access_token (token_hash);

SELECT protect_tenant_table('personal_access_token');

CREATE POLICY by_token ON personal_access_token FOR SELECT
    USING (token_hash = NULLIF(current_setting('app.token_hash', true), ''));

-- What an anonymous request may reach with the token in its link or form: one record, or one web form.
CREATE TABLE portal_access_token (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    PRIMARY KEY (org_id, id),

    token_hash    varchar(64) NOT NULL, -- SHA-256
    resource_type varchar(20) NOT NULL
                  CONSTRAINT portal_access_token_resource_type_known CHECK (resource_type IN ('invoice', 'web_form')),
    resource_id   uuid        NOT NULL, -- of the invoice, or of the apiSettings row of the form

    expires_at timestamptz,
    revoked_at timestamptz,

    CONSTRAINT portal_access_token_token_hash_unique UNIQUE (org_id, token_hash)
);

CREATE INDEX portal_access_token_resource_idx ON portal_access_token (org_id, resource_type, resource_id);
-- For by_token, which cannot name an organization.
CREATE INDEX portal_access_token_token_hash_idx ON portal_access_token (token_hash);

SELECT protect_tenant_table('portal_access_token');

CREATE POLICY by_token ON portal_access_token FOR SELECT
    USING (token_hash = NULLIF(current_setting('app.token_hash', true), ''));
