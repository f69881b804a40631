-- E-mails written from an account's page, and one log row for each recipient.

CREATE TABLE account_email (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    account_id            uuid,
    from_email            varchar(254) NOT NULL
                          CONSTRAINT account_email_from_email_not_blank CHECK (btrim(from_email) <> ''),
    message_subject       text,
    message_body          text,
    rendered_message_body text, -- after the placeholders

    -- When it is to leave. The moment is exact; the zone is what the writer chose it in.
    scheduled_later     boolean      NOT NULL DEFAULT false,
    scheduled_date_time timestamptz,
    timezone            varchar(100) NOT NULL DEFAULT 'UTC',

    CONSTRAINT account_email_scheduled_has_time CHECK (NOT scheduled_later OR scheduled_date_time IS NOT NULL),
    CONSTRAINT account_email_account_id_fkey FOREIGN KEY (org_id, account_id)
        REFERENCES accounts (org_id, id) ON DELETE SET NULL (account_id)
);

CREATE INDEX account_email_created_at_idx ON account_email (org_id, created_at DESC, id DESC);
CREATE INDEX account_email_account_id_idx ON account_email (org_id, account_id, created_at DESC, id DESC);
CREATE INDEX account_email_scheduled_idx ON account_email (org_id, scheduled_date_time) WHERE scheduled_later;

SELECT protect_tenant_table('account_email');
SELECT create_join_table('account_email_recipients', 'account_email_id', 'account_email', 'contact_id', 'contacts');

CREATE TABLE "emailLogs" (
    id         uuid        NOT NULL,
    org_id     uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),

    account_email_id uuid,
    contact_id       uuid,
    is_sent          boolean NOT NULL DEFAULT false,

    -- A recipient gets a message once, however often the sending is tried.
    CONSTRAINT "emailLogs_recipient_unique" UNIQUE (org_id, account_email_id, contact_id),
    CONSTRAINT "emailLogs_account_email_id_fkey" FOREIGN KEY (org_id, account_email_id)
        REFERENCES account_email (org_id, id) ON DELETE SET NULL (account_email_id),
    CONSTRAINT "emailLogs_contact_id_fkey" FOREIGN KEY (org_id, contact_id)
        REFERENCES contacts (org_id, id) ON DELETE SET NULL (contact_id)
);

CREATE INDEX "emailLogs_created_at_idx" ON "emailLogs" (org_id, created_at DESC, id DESC);
CREATE INDEX "emailLogs_contact_id_idx" ON "emailLogs" (org_id, contact_id, created_at DESC);

SELECT protect_tenant_table('"emailLogs"');
