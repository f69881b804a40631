DROP INDEX document_updated_at_idx;

ALTER TABLE document
    ALTER title DROP NOT NULL,
    DROP CONSTRAINT document_title_not_blank,
    DROP file_name,
    DROP content_type,
    DROP size_bytes,
    DROP checksum;

ALTER TABLE "commentFiles"
    ALTER comment_file DROP NOT NULL,
    DROP CONSTRAINT "commentFiles_comment_file_not_blank",
    DROP file_name,
    DROP content_type,
    DROP size_bytes,
    DROP checksum;
