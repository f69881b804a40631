-- A web site that may post leads. Its key is shown once; what is stored is the hash, which portal_access_token finds
-- before the organization is known.
CREATE TABLE "apiSettings" (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    title         text        NOT NULL CONSTRAINT "apiSettings_title_not_blank" CHECK (btrim(title) <> '')
                              CONSTRAINT "apiSettings_title_in_length" CHECK (char_length(title) <= 1000),
    website       varchar(255),
    apikey_hash   varchar(64) NOT NULL, -- SHA-256
    apikey_prefix varchar(20) NOT NULL, -- the first characters, to recognise it by

    CONSTRAINT "apiSettings_apikey_hash_unique" UNIQUE (org_id, apikey_hash)
);

CREATE INDEX "apiSettings_created_at_idx" ON "apiSettings" (org_id, created_at DESC, id DESC);

SELECT protect_tenant_table('"apiSettings"');

-- What every lead of the form starts with.
SELECT create_join_table('apiSettings_lead_assigned_to', 'api_settings_id', '"apiSettings"', 'profile_id', 'profile');
SELECT create_join_table('apiSettings_tags', 'api_settings_id', '"apiSettings"', 'tag_id', 'tags');
