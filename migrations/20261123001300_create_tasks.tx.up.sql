CREATE TABLE task (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    title        varchar(200) NOT NULL CONSTRAINT task_title_not_blank CHECK (btrim(title) <> ''),
    status       varchar(50)  NOT NULL
                 CONSTRAINT task_status_known CHECK (status IN ('New', 'In Progress', 'Completed')),
    priority     varchar(50)  NOT NULL
                 CONSTRAINT task_priority_known CHECK (priority IN ('Low', 'Medium', 'High')),
    due_date     date, -- a calendar day; no zone ever shifts it
    completed_at timestamptz,
    description  text,

    -- What it is about: one of them at most.
    account_id     uuid,
    opportunity_id uuid,
    case_id        uuid,
    lead_id        uuid,

    custom_fields jsonb         NOT NULL DEFAULT '{}'
                  CONSTRAINT task_custom_fields_is_object CHECK (jsonb_typeof(custom_fields) = 'object'),
    kanban_order  numeric(15,6) NOT NULL DEFAULT 0,
    is_sample     boolean       NOT NULL DEFAULT false,

    CONSTRAINT task_one_parent CHECK (num_nonnulls(account_id, opportunity_id, case_id, lead_id) <= 1),
    CONSTRAINT task_completed_at_with_status CHECK ((status = 'Completed') = (completed_at IS NOT NULL)),

    CONSTRAINT task_account_id_fkey FOREIGN KEY (org_id, account_id)
        REFERENCES accounts (org_id, id) ON DELETE SET NULL (account_id),
    CONSTRAINT task_opportunity_id_fkey FOREIGN KEY (org_id, opportunity_id)
        REFERENCES opportunity (org_id, id) ON DELETE SET NULL (opportunity_id),
    CONSTRAINT task_case_id_fkey FOREIGN KEY (org_id, case_id)
        REFERENCES "case" (org_id, id) ON DELETE SET NULL (case_id),
    CONSTRAINT task_lead_id_fkey FOREIGN KEY (org_id, lead_id)
        REFERENCES lead (org_id, id) ON DELETE SET NULL (lead_id)
);

CREATE INDEX task_created_at_idx ON task (org_id, created_at DESC, id DESC);
CREATE INDEX task_due_date_idx ON task (org_id, due_date, id);
CREATE INDEX task_title_idx ON task (org_id, title, id);
CREATE INDEX task_priority_idx ON task (org_id, priority, id);
CREATE INDEX task_status_idx ON task (org_id, status, kanban_order, id);
CREATE INDEX task_completed_at_idx ON task (org_id, completed_at);
CREATE INDEX task_account_id_idx ON task (org_id, account_id, created_at DESC, id DESC);
CREATE INDEX task_opportunity_id_idx ON task (org_id, opportunity_id, created_at DESC, id DESC);
CREATE INDEX task_case_id_idx ON task (org_id, case_id, created_at DESC, id DESC);
CREATE INDEX task_lead_id_idx ON task (org_id, lead_id, created_at DESC, id DESC);
CREATE INDEX task_created_by_id_idx ON task (org_id, created_by_id);

SELECT protect_tenant_table('task');

SELECT create_join_table('task_assigned_to', 'task_id', 'task', 'profile_id', 'profile');
SELECT create_join_table('task_teams', 'task_id', 'task', 'team_id', 'teams');
SELECT create_join_table('task_tags', 'task_id', 'task', 'tag_id', 'tags');
SELECT create_join_table('task_contacts', 'task_id', 'task', 'contact_id', 'contacts');
