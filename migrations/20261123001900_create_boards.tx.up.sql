-- Boards of cards, independent of the tasks. Only the members of a board see it.

CREATE TABLE board (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    name        varchar(255) NOT NULL CONSTRAINT board_name_not_blank CHECK (btrim(name) <> ''),
    description text,
    owner_id    uuid         NOT NULL,
    is_archived boolean      NOT NULL DEFAULT false,

    -- A member who owns boards hands them over before leaving (NO ACTION for the sake of deleting an organization).
    CONSTRAINT board_owner_id_fkey FOREIGN KEY (org_id, owner_id)
        REFERENCES profile (org_id, id) ON DELETE NO ACTION
);

CREATE INDEX board_created_at_idx ON board (org_id, created_at DESC, id DESC);
CREATE INDEX board_name_idx ON board (org_id, name, id);
CREATE INDEX board_owner_id_idx ON board (org_id, owner_id);

SELECT protect_tenant_table('board');

CREATE TABLE board_member (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    board_id   uuid        NOT NULL,
    profile_id uuid        NOT NULL,
    role       varchar(20) NOT NULL DEFAULT 'member'
               CONSTRAINT board_member_role_known CHECK (role IN ('owner', 'admin', 'member')),

    CONSTRAINT board_member_profile_unique UNIQUE (org_id, board_id, profile_id),
    CONSTRAINT board_member_board_id_fkey FOREIGN KEY (org_id, board_id)
        REFERENCES board (org_id, id) ON DELETE CASCADE,
    CONSTRAINT board_member_profile_id_fkey FOREIGN KEY (org_id, profile_id)
        REFERENCES profile (org_id, id) ON DELETE CASCADE
);

CREATE INDEX board_member_profile_id_idx ON board_member (org_id, profile_id, board_id);
CREATE INDEX board_member_created_at_idx ON board_member (org_id, board_id, created_at DESC, id DESC);

SELECT protect_tenant_table('board_member');

CREATE TABLE board_column (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    board_id   uuid         NOT NULL,
    name       varchar(100) NOT NULL CONSTRAINT board_column_name_not_blank CHECK (btrim(name) <> ''),
    sort_order integer      NOT NULL DEFAULT 0
               CONSTRAINT board_column_sort_order_not_negative CHECK (sort_order >= 0),
    color      varchar(7)   NOT NULL DEFAULT '#6B7280' -- ends up in style sheets
               CONSTRAINT board_column_color_well_formed CHECK (color ~ '^#[0-9A-Fa-f]{6}$'),
    wip_limit  integer      CONSTRAINT board_column_wip_limit_not_negative CHECK (wip_limit >= 0), -- null: no limit

    name_key text GENERATED ALWAYS AS (lower(btrim(name))) STORED,
    CONSTRAINT board_column_name_unique UNIQUE (org_id, board_id, name_key),
    -- For the cards, which are held to the board of their column.
    CONSTRAINT board_column_board_unique UNIQUE (org_id, board_id, id),
    CONSTRAINT board_column_board_id_fkey FOREIGN KEY (org_id, board_id)
        REFERENCES board (org_id, id) ON DELETE CASCADE
);

CREATE INDEX board_column_sort_order_idx ON board_column (org_id, board_id, sort_order, id);

SELECT protect_tenant_table('board_column');

CREATE TABLE board_task (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    board_id   uuid    NOT NULL,
    column_id  uuid    NOT NULL,
    sort_order integer NOT NULL DEFAULT 0 -- dense inside the column, from 0
               CONSTRAINT board_task_sort_order_not_negative CHECK (sort_order >= 0),

    title        varchar(255) NOT NULL CONSTRAINT board_task_title_not_blank CHECK (btrim(title) <> ''),
    description  text,
    priority     varchar(10)  NOT NULL DEFAULT 'medium'
                 CONSTRAINT board_task_priority_known CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    due_date     timestamptz, -- a moment, unlike a task's
    completed_at timestamptz,

    -- What the card is about.
    account_id     uuid,
    contact_id     uuid,
    opportunity_id uuid,

    CONSTRAINT board_task_board_id_fkey FOREIGN KEY (org_id, board_id)
        REFERENCES board (org_id, id) ON DELETE CASCADE,
    -- A card never leaves its board, and a column with cards is not deleted (its whole board is: NO ACTION).
    CONSTRAINT board_task_column_id_fkey FOREIGN KEY (org_id, board_id, column_id)
        REFERENCES board_column (org_id, board_id, id) ON DELETE NO ACTION,
    CONSTRAINT board_task_account_id_fkey FOREIGN KEY (org_id, account_id)
        REFERENCES accounts (org_id, id) ON DELETE SET NULL (account_id),
    CONSTRAINT board_task_contact_id_fkey FOREIGN KEY (org_id, contact_id)
        REFERENCES contacts (org_id, id) ON DELETE SET NULL (contact_id),
    CONSTRAINT board_task_opportunity_id_fkey FOREIGN KEY (org_id, opportunity_id)
        REFERENCES opportunity (org_id, id) ON DELETE SET NULL (opportunity_id)
);

CREATE INDEX board_task_column_id_idx ON board_task (org_id, board_id, column_id, sort_order, id);
CREATE INDEX board_task_sort_order_idx ON board_task (org_id, column_id, sort_order, id);
CREATE INDEX board_task_created_at_idx ON board_task (org_id, created_at DESC, id DESC);
CREATE INDEX board_task_due_date_idx ON board_task (org_id, due_date, id);
CREATE INDEX board_task_account_id_idx ON board_task (org_id, account_id);
CREATE INDEX board_task_contact_id_idx ON board_task (org_id, contact_id);
CREATE INDEX board_task_opportunity_id_idx ON board_task (org_id, opportunity_id);

SELECT protect_tenant_table('board_task');
SELECT create_join_table('board_task_assigned_to', 'board_task_id', 'board_task', 'profile_id', 'profile');
