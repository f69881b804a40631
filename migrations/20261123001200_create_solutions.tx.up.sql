-- An article of the knowledge base.
CREATE TABLE solution (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    title        varchar(255) NOT NULL CONSTRAINT solution_title_not_blank CHECK (btrim(title) <> ''),
    description  text         NOT NULL CONSTRAINT solution_description_not_blank CHECK (btrim(description) <> ''),
    status       varchar(20)  NOT NULL DEFAULT 'draft'
                 CONSTRAINT solution_status_known CHECK (status IN ('draft', 'reviewed', 'approved')),
    is_published boolean      NOT NULL DEFAULT false,

    CONSTRAINT solution_published_is_approved CHECK (NOT is_published OR status = 'approved')
);

CREATE INDEX solution_created_at_idx ON solution (org_id, created_at DESC, id DESC);
CREATE INDEX solution_title_idx ON solution (org_id, title, id);
CREATE INDEX solution_status_idx ON solution (org_id, status, created_at DESC, id DESC);
CREATE INDEX solution_is_published_idx ON solution (org_id, is_published, updated_at DESC);

SELECT protect_tenant_table('solution');
SELECT create_join_table('solution_cases', 'solution_id', 'solution', 'case_id', '"case"');
