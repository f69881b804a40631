-- The sweep of files asks which of some hundred keys a row names.
CREATE INDEX attachments_attachment_idx ON attachments (org_id, attachment);
CREATE INDEX "commentFiles_comment_file_idx" ON "commentFiles" (org_id, comment_file);
CREATE INDEX document_document_file_idx ON document (org_id, document_file);
