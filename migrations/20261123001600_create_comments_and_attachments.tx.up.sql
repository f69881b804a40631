-- What is said about a record and what is attached to it. The record is named by kind and id, so no foreign key
-- holds it: who deletes a record deletes these with it.

CREATE TABLE comment (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    entity_type varchar(50) NOT NULL CONSTRAINT comment_entity_type_known CHECK (entity_type IN (
                    'Account', 'Lead', 'Contact', 'Opportunity', 'Case', 'Task', 'Invoice')),
    entity_id   uuid        NOT NULL,

    comment      text        NOT NULL CONSTRAINT comment_comment_not_blank CHECK (btrim(comment) <> '')
                             CONSTRAINT comment_comment_in_length CHECK (char_length(comment) <= 20000),
    commented_on timestamptz NOT NULL DEFAULT now(),
    is_internal  boolean     NOT NULL DEFAULT false, -- for agents only: never mailed, no answer to the customer

    -- Null when the customer wrote it. The name is stored: what somebody wrote stays when they leave.
    commented_by_id uuid,
    author_name     varchar(255) NOT NULL DEFAULT '',

    CONSTRAINT comment_commented_by_id_fkey FOREIGN KEY (org_id, commented_by_id)
        REFERENCES profile (org_id, id) ON DELETE SET NULL (commented_by_id)
);

CREATE INDEX comment_entity_idx ON comment (org_id, entity_type, entity_id, created_at DESC, id DESC);
CREATE INDEX comment_created_at_idx ON comment (org_id, created_at DESC, id DESC);
CREATE INDEX comment_commented_by_id_idx ON comment (org_id, commented_by_id);

SELECT protect_tenant_table('comment');

CREATE TABLE "commentFiles" (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    comment_id   uuid         NOT NULL,
    comment_file varchar(100), -- where it is stored

    CONSTRAINT "commentFiles_comment_id_fkey" FOREIGN KEY (org_id, comment_id)
        REFERENCES comment (org_id, id) ON DELETE CASCADE
);

CREATE INDEX "commentFiles_comment_id_idx" ON "commentFiles" (org_id, comment_id, created_at DESC, id DESC);
CREATE INDEX "commentFiles_created_at_idx" ON "commentFiles" (org_id, created_at DESC, id DESC);

SELECT protect_tenant_table('"commentFiles"');

CREATE TABLE attachments (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    entity_type varchar(50) NOT NULL CONSTRAINT attachments_entity_type_known CHECK (entity_type IN (
                    'Account', 'Lead', 'Contact', 'Opportunity', 'Case', 'Task', 'Invoice')),
    entity_id   uuid        NOT NULL,

    file_name    varchar(60)   NOT NULL CONSTRAINT attachments_file_name_not_blank CHECK (btrim(file_name) <> ''),
    attachment   varchar(1001) NOT NULL CONSTRAINT attachments_attachment_not_blank CHECK (attachment <> ''),
    content_type varchar(255)  NOT NULL DEFAULT 'application/octet-stream',
    -- Counted on the bytes received. The limit is 25 MB.
    size_bytes   bigint        NOT NULL
                 CONSTRAINT attachments_size_bytes_in_range CHECK (size_bytes BETWEEN 0 AND 26214400),
    checksum     text          NOT NULL DEFAULT '' -- SHA-256, hexadecimal; empty when the file is elsewhere
);

CREATE INDEX attachments_entity_idx ON attachments (org_id, entity_type, entity_id, created_at DESC, id DESC);
CREATE INDEX attachments_created_at_idx ON attachments (org_id, created_at DESC, id DESC);

SELECT protect_tenant_table('attachments');
