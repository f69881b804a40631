CREATE TABLE document (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    title         text          CONSTRAINT document_title_in_length CHECK (char_length(title) <= 1000),
    document_file varchar(5000) NOT NULL CONSTRAINT document_document_file_not_blank CHECK (document_file <> ''),
    status        varchar(64)   NOT NULL DEFAULT 'active' -- inactive: archived
                  CONSTRAINT document_status_known CHECK (status IN ('active', 'inactive')),

    title_key text GENERATED ALWAYS AS (NULLIF(lower(btrim(title)), '')) STORED,
    CONSTRAINT document_title_unique UNIQUE (org_id, title_key)
);

CREATE INDEX document_created_at_idx ON document (org_id, created_at DESC, id DESC);
CREATE INDEX document_title_idx ON document (org_id, title, id);
CREATE INDEX document_status_idx ON document (org_id, status, created_at DESC, id DESC);
CREATE INDEX document_created_by_id_idx ON document (org_id, created_by_id);

SELECT protect_tenant_table('document');

-- Who may read it besides its creator and the admins.
SELECT create_join_table('document_shared_to', 'document_id', 'document', 'profile_id', 'profile');
SELECT create_join_table('document_teams', 'document_id', 'document', 'team_id', 'teams');
