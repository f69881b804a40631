-- What is told by mail besides, in the order in which it became due.
ALTER TABLE notification
    ADD COLUMN mail_due_at   timestamptz, -- null: there is no mail, or it is under way, or it has left
    ADD COLUMN mail_attempts smallint NOT NULL DEFAULT 0;

CREATE INDEX notification_mail_due_at_idx ON notification (org_id, mail_due_at) WHERE mail_due_at IS NOT NULL;
