-- What is known of the files that comments and documents name, as attachments have it already. Nothing has named one yet.
ALTER TABLE "commentFiles"
    ALTER comment_file SET NOT NULL,
    ADD CONSTRAINT "commentFiles_comment_file_not_blank" CHECK (comment_file <> ''),
    ADD file_name    varchar(255) NOT NULL CONSTRAINT "commentFiles_file_name_not_blank" CHECK (btrim(file_name) <> ''),
    ADD content_type varchar(255) NOT NULL DEFAULT 'application/octet-stream',
    ADD size_bytes   bigint       NOT NULL
        CONSTRAINT "commentFiles_size_bytes_in_range" CHECK (size_bytes BETWEEN 0 AND 26214400),
    ADD checksum     text         NOT NULL DEFAULT '';

ALTER TABLE document
    ALTER title SET NOT NULL,
    ADD CONSTRAINT document_title_not_blank CHECK (btrim(title) <> ''),
    ADD file_name    varchar(255) NOT NULL CONSTRAINT document_file_name_not_blank CHECK (btrim(file_name) <> ''),
    ADD content_type varchar(255) NOT NULL DEFAULT 'application/octet-stream',
    ADD size_bytes   bigint       NOT NULL CONSTRAINT document_size_bytes_in_range CHECK (size_bytes BETWEEN 0 AND 26214400),
    ADD checksum     text         NOT NULL DEFAULT '';

CREATE INDEX document_updated_at_idx ON document (org_id, updated_at DESC, id DESC);
