-- A team that stands on a record shares it with its members. Membership is read when the question is asked; nobody
-- is copied anywhere.
CREATE TABLE teams (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    name        varchar(100) NOT NULL CONSTRAINT teams_name_not_blank CHECK (btrim(name) <> ''),
    description text         NOT NULL DEFAULT '',

    -- Uniqueness ignores case. A stored column, because under row-level security an index on an expression is not
    -- used: lower() is not leakproof.
    name_key text GENERATED ALWAYS AS (lower(btrim(name))) STORED,
    CONSTRAINT teams_name_unique UNIQUE (org_id, name_key)
);

CREATE INDEX teams_created_at_idx ON teams (org_id, created_at DESC, id DESC);

SELECT protect_tenant_table('teams');
SELECT create_join_table('teams_users', 'team_id', 'teams', 'profile_id', 'profile');

CREATE TABLE tags (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    name        varchar(50) NOT NULL CONSTRAINT tags_name_not_blank CHECK (btrim(name) <> ''),
    slug        varchar(50) NOT NULL -- made from the name; two names of one slug are one tag
                CONSTRAINT tags_slug_well_formed CHECK (slug <> '' AND slug = lower(slug)),
    color       varchar(20) NOT NULL DEFAULT 'blue' CONSTRAINT tags_color_known CHECK (color IN (
                    'gray', 'red', 'orange', 'amber', 'yellow', 'lime', 'green', 'emerald', 'teal', 'cyan', 'sky',
                    'blue', 'indigo', 'violet', 'purple', 'fuchsia', 'pink', 'rose')),
    description text        NOT NULL DEFAULT '',
    is_active   boolean     NOT NULL DEFAULT true, -- false: archived; stays on records, is not offered

    CONSTRAINT tags_slug_unique UNIQUE (org_id, slug)
);

CREATE INDEX tags_name_idx ON tags (org_id, name, id);
CREATE INDEX tags_created_at_idx ON tags (org_id, created_at DESC, id DESC);

SELECT protect_tenant_table('tags');
