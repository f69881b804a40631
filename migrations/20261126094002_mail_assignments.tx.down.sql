ALTER TABLE notification DROP COLUMN mail_attempts, DROP COLUMN mail_due_at;
