-- A mail to one recipient is claimed before it is sent, so that two senders never send it twice, and tried again later
-- when it has failed.
ALTER TABLE "emailLogs"
    ADD attempts   integer NOT NULL DEFAULT 0,
    ADD claimed_at timestamptz,
    ADD failed_at  timestamptz, -- when the last attempt failed; null while it is under way
    ADD sent_at    timestamptz;

CREATE INDEX "emailLogs_unsent_idx" ON "emailLogs" (org_id, account_email_id) WHERE NOT is_sent;
