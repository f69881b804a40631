-- A support ticket. "case" is a word of SQL, so it is quoted everywhere.
CREATE TABLE "case" (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    -- Not unique: two customers do report the same subject.
    name        varchar(255) NOT NULL CONSTRAINT case_name_not_blank CHECK (btrim(name) <> ''),
    status      varchar(64)  NOT NULL CONSTRAINT case_status_known CHECK (status IN (
                    'New', 'Assigned', 'Pending', 'Closed', 'Rejected', 'Duplicate')),
    priority    varchar(64)  NOT NULL
                CONSTRAINT case_priority_known CHECK (priority IN ('Low', 'Normal', 'High', 'Urgent')),
    case_type   varchar(255)
                CONSTRAINT case_case_type_known CHECK (case_type IN ('Question', 'Incident', 'Problem')),
    account_id  uuid,
    closed_on   date,
    description text,

    -- What was promised, and how long the clock stood still.
    sla_first_response_hours integer     NOT NULL DEFAULT 4
        CONSTRAINT case_sla_first_response_hours_not_negative CHECK (sla_first_response_hours >= 0),
    sla_resolution_hours     integer     NOT NULL DEFAULT 24
        CONSTRAINT case_sla_resolution_hours_not_negative CHECK (sla_resolution_hours >= 0),
    sla_paused_at            timestamptz, -- set while the status is Pending
    sla_paused_seconds       integer     NOT NULL DEFAULT 0
        CONSTRAINT case_sla_paused_seconds_not_negative CHECK (sla_paused_seconds >= 0),
    first_response_at        timestamptz, -- the first public comment of an agent
    resolved_at              timestamptz, -- set on Closed, cleared on leaving it
    last_escalation_fired_at timestamptz,
    escalation_count         smallint    NOT NULL DEFAULT 0
        CONSTRAINT case_escalation_count_not_negative CHECK (escalation_count >= 0),

    -- A losing ticket of a merge points at the winner; merge_record holds what was moved, to undo it.
    merged_into_id     uuid,
    merged_at          timestamptz,
    merged_by_id       uuid,
    merge_record       jsonb,
    external_thread_id varchar(255), -- message id of the first inbound mail
    alt_thread_ids     jsonb NOT NULL DEFAULT '[]' -- inherited by a merge
                       CONSTRAINT case_alt_thread_ids_is_list CHECK (jsonb_typeof(alt_thread_ids) = 'array'),

    -- The tree of a problem and its incidents.
    parent_id  uuid,
    is_problem boolean NOT NULL DEFAULT false,

    custom_fields jsonb         NOT NULL DEFAULT '{}'
                  CONSTRAINT case_custom_fields_is_object CHECK (jsonb_typeof(custom_fields) = 'object'),
    kanban_order  numeric(15,6) NOT NULL DEFAULT 0,
    is_active     boolean       NOT NULL DEFAULT true,
    is_sample     boolean       NOT NULL DEFAULT false,

    CONSTRAINT case_closed_has_date CHECK (status <> 'Closed' OR closed_on IS NOT NULL),
    CONSTRAINT case_not_own_parent CHECK (parent_id <> id),
    CONSTRAINT case_not_merged_into_itself CHECK (merged_into_id <> id),

    -- An account with tickets is archived, not deleted (NO ACTION for the sake of deleting an organization).
    CONSTRAINT case_account_id_fkey FOREIGN KEY (org_id, account_id)
        REFERENCES accounts (org_id, id) ON DELETE NO ACTION,
    CONSTRAINT case_merged_into_id_fkey FOREIGN KEY (org_id, merged_into_id)
        REFERENCES "case" (org_id, id) ON DELETE SET NULL (merged_into_id),
    CONSTRAINT case_merged_by_id_fkey FOREIGN KEY (org_id, merged_by_id)
        REFERENCES profile (org_id, id) ON DELETE SET NULL (merged_by_id),
    CONSTRAINT case_parent_id_fkey FOREIGN KEY (org_id, parent_id)
        REFERENCES "case" (org_id, id) ON DELETE SET NULL (parent_id)
);

CREATE INDEX case_created_at_idx ON "case" (org_id, created_at DESC, id DESC);
CREATE INDEX case_name_idx ON "case" (org_id, name, id);
CREATE INDEX case_status_idx ON "case" (org_id, status, kanban_order, id);
CREATE INDEX case_priority_idx ON "case" (org_id, priority, created_at DESC, id DESC);
CREATE INDEX case_account_id_idx ON "case" (org_id, account_id, created_at DESC, id DESC);
CREATE INDEX case_resolved_at_idx ON "case" (org_id, resolved_at);
CREATE INDEX case_parent_id_idx ON "case" (org_id, parent_id);
CREATE INDEX case_merged_into_id_idx ON "case" (org_id, merged_into_id);
CREATE INDEX case_merged_by_id_idx ON "case" (org_id, merged_by_id);
CREATE INDEX case_created_by_id_idx ON "case" (org_id, created_by_id);
CREATE INDEX case_external_thread_id_idx ON "case" (org_id, external_thread_id);

SELECT protect_tenant_table('"case"');

SELECT create_join_table('case_assigned_to', 'case_id', '"case"', 'profile_id', 'profile');
SELECT create_join_table('case_teams', 'case_id', '"case"', 'team_id', 'teams');
SELECT create_join_table('case_tags', 'case_id', '"case"', 'tag_id', 'tags');
SELECT create_join_table('case_contacts', 'case_id', '"case"', 'contact_id', 'contacts');
