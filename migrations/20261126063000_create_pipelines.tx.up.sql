-- Pipelines of leads, cases and tasks, and their stages: three pairs of tables with one shape. They are three, so that the
-- database itself holds a lead to a stage of leads, and a stage to a status that leads have.
CREATE TABLE lead_pipeline (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    name        varchar(255) NOT NULL CONSTRAINT lead_pipeline_name_not_blank CHECK (btrim(name) <> ''),
    description text,
    is_default  boolean      NOT NULL DEFAULT false, -- whose board is shown when none is named
    is_active   boolean      NOT NULL DEFAULT true,

    CONSTRAINT lead_pipeline_default_is_active CHECK (is_active OR NOT is_default)
);

CREATE UNIQUE INDEX lead_pipeline_default_unique ON lead_pipeline (org_id) WHERE is_default;
CREATE INDEX lead_pipeline_created_at_idx ON lead_pipeline (org_id, created_at DESC, id DESC);
CREATE INDEX lead_pipeline_name_idx ON lead_pipeline (org_id, name, id);

SELECT protect_tenant_table('lead_pipeline');

CREATE TABLE lead_stage (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    pipeline_id     uuid         NOT NULL,
    name            varchar(100) NOT NULL CONSTRAINT lead_stage_name_not_blank CHECK (btrim(name) <> ''),
    sort_order      integer      NOT NULL DEFAULT 0
                    CONSTRAINT lead_stage_sort_order_not_negative CHECK (sort_order >= 0),
    color           varchar(7)   NOT NULL DEFAULT '#6B7280' -- ends up in style sheets
                    CONSTRAINT lead_stage_color_well_formed CHECK (color ~ '^#[0-9A-Fa-f]{6}$'),
    stage_type      varchar(20)  NOT NULL DEFAULT 'open'
                    CONSTRAINT lead_stage_stage_type_known CHECK (stage_type IN ('open', 'won', 'lost')),
    -- What a record's status becomes by coming here; null: it stays.
    maps_to_status  varchar(255) CONSTRAINT lead_stage_maps_to_status_known CHECK (maps_to_status IN (
                        'assigned', 'in process', 'converted', 'recycled', 'closed')),
    win_probability integer      NOT NULL DEFAULT 0
                    CONSTRAINT lead_stage_win_probability_in_range CHECK (win_probability BETWEEN 0 AND 100),
    wip_limit       integer      CONSTRAINT lead_stage_wip_limit_not_negative CHECK (wip_limit >= 0), -- null: no limit

    name_key text GENERATED ALWAYS AS (lower(btrim(name))) STORED,
    CONSTRAINT lead_stage_name_unique UNIQUE (org_id, pipeline_id, name_key),
    CONSTRAINT lead_stage_pipeline_id_fkey FOREIGN KEY (org_id, pipeline_id)
        REFERENCES lead_pipeline (org_id, id) ON DELETE CASCADE
);

CREATE INDEX lead_stage_pipeline_id_idx ON lead_stage (org_id, pipeline_id, sort_order, id);

SELECT protect_tenant_table('lead_stage');

CREATE TABLE case_pipeline (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    name        varchar(255) NOT NULL CONSTRAINT case_pipeline_name_not_blank CHECK (btrim(name) <> ''),
    description text,
    is_default  boolean      NOT NULL DEFAULT false,
    is_active   boolean      NOT NULL DEFAULT true,

    CONSTRAINT case_pipeline_default_is_active CHECK (is_active OR NOT is_default)
);

CREATE UNIQUE INDEX case_pipeline_default_unique ON case_pipeline (org_id) WHERE is_default;
CREATE INDEX case_pipeline_created_at_idx ON case_pipeline (org_id, created_at DESC, id DESC);
CREATE INDEX case_pipeline_name_idx ON case_pipeline (org_id, name, id);

SELECT protect_tenant_table('case_pipeline');

CREATE TABLE case_stage (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    pipeline_id    uuid         NOT NULL,
    name           varchar(100) NOT NULL CONSTRAINT case_stage_name_not_blank CHECK (btrim(name) <> ''),
    sort_order     integer      NOT NULL DEFAULT 0
                   CONSTRAINT case_stage_sort_order_not_negative CHECK (sort_order >= 0),
    color          varchar(7)   NOT NULL DEFAULT '#6B7280'
                   CONSTRAINT case_stage_color_well_formed CHECK (color ~ '^#[0-9A-Fa-f]{6}$'),
    stage_type     varchar(20)  NOT NULL DEFAULT 'open'
                   CONSTRAINT case_stage_stage_type_known CHECK (stage_type IN ('open', 'closed', 'rejected')),
    -- Not Duplicate: boards do not show those.
    maps_to_status varchar(64)  CONSTRAINT case_stage_maps_to_status_known CHECK (maps_to_status IN (
                       'New', 'Assigned', 'Pending', 'Closed', 'Rejected')),
    wip_limit      integer      CONSTRAINT case_stage_wip_limit_not_negative CHECK (wip_limit >= 0),

    name_key text GENERATED ALWAYS AS (lower(btrim(name))) STORED,
    CONSTRAINT case_stage_name_unique UNIQUE (org_id, pipeline_id, name_key),
    CONSTRAINT case_stage_pipeline_id_fkey FOREIGN KEY (org_id, pipeline_id)
        REFERENCES case_pipeline (org_id, id) ON DELETE CASCADE
);

CREATE INDEX case_stage_pipeline_id_idx ON case_stage (org_id, pipeline_id, sort_order, id);

SELECT protect_tenant_table('case_stage');

CREATE TABLE task_pipeline (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    name        varchar(255) NOT NULL CONSTRAINT task_pipeline_name_not_blank CHECK (btrim(name) <> ''),
    description text,
    is_default  boolean      NOT NULL DEFAULT false,
    is_active   boolean      NOT NULL DEFAULT true,

    CONSTRAINT task_pipeline_default_is_active CHECK (is_active OR NOT is_default)
);

CREATE UNIQUE INDEX task_pipeline_default_unique ON task_pipeline (org_id) WHERE is_default;
CREATE INDEX task_pipeline_created_at_idx ON task_pipeline (org_id, created_at DESC, id DESC);
CREATE INDEX task_pipeline_name_idx ON task_pipeline (org_id, name, id);

SELECT protect_tenant_table('task_pipeline');

CREATE TABLE task_stage (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    pipeline_id    uuid         NOT NULL,
    name           varchar(100) NOT NULL CONSTRAINT task_stage_name_not_blank CHECK (btrim(name) <> ''),
    sort_order     integer      NOT NULL DEFAULT 0
                   CONSTRAINT task_stage_sort_order_not_negative CHECK (sort_order >= 0),
    color          varchar(7)   NOT NULL DEFAULT '#6B7280'
                   CONSTRAINT task_stage_color_well_formed CHECK (color ~ '^#[0-9A-Fa-f]{6}$'),
    stage_type     varchar(20)  NOT NULL DEFAULT 'open'
                   CONSTRAINT task_stage_stage_type_known CHECK (stage_type IN ('open', 'in_progress', 'completed')),
    maps_to_status varchar(50)  CONSTRAINT task_stage_maps_to_status_known CHECK (maps_to_status IN (
                       'New', 'In Progress', 'Completed')),
    wip_limit      integer      CONSTRAINT task_stage_wip_limit_not_negative CHECK (wip_limit >= 0),

    name_key text GENERATED ALWAYS AS (lower(btrim(name))) STORED,
    CONSTRAINT task_stage_name_unique UNIQUE (org_id, pipeline_id, name_key),
    CONSTRAINT task_stage_pipeline_id_fkey FOREIGN KEY (org_id, pipeline_id)
        REFERENCES task_pipeline (org_id, id) ON DELETE CASCADE
);

CREATE INDEX task_stage_pipeline_id_idx ON task_stage (org_id, pipeline_id, sort_order, id);

SELECT protect_tenant_table('task_stage');

-- A stage with records is not deleted (a whole organization is: NO ACTION).
ALTER TABLE lead ADD stage_id uuid, ADD CONSTRAINT lead_stage_id_fkey FOREIGN KEY (org_id, stage_id)
    REFERENCES lead_stage (org_id, id) ON DELETE NO ACTION;
ALTER TABLE "case" ADD stage_id uuid, ADD CONSTRAINT case_stage_id_fkey FOREIGN KEY (org_id, stage_id)
    REFERENCES case_stage (org_id, id) ON DELETE NO ACTION;
ALTER TABLE task ADD stage_id uuid, ADD CONSTRAINT task_stage_id_fkey FOREIGN KEY (org_id, stage_id)
    REFERENCES task_stage (org_id, id) ON DELETE NO ACTION;

-- A card's place in millionths: under the policies no index compares a numeric.
ALTER TABLE lead ADD kanban_place bigint GENERATED ALWAYS AS ((kanban_order * 1000000)::bigint) STORED;
ALTER TABLE opportunity ADD kanban_place bigint GENERATED ALWAYS AS ((kanban_order * 1000000)::bigint) STORED;
ALTER TABLE "case" ADD kanban_place bigint GENERATED ALWAYS AS ((kanban_order * 1000000)::bigint) STORED;
ALTER TABLE task ADD kanban_place bigint GENERATED ALWAYS AS ((kanban_order * 1000000)::bigint) STORED;

-- The columns of boards, in the order of their cards.
DROP INDEX lead_status_idx, opportunity_stage_idx, case_status_idx, task_status_idx;
CREATE INDEX lead_status_idx ON lead (org_id, status, kanban_place, created_at DESC, id DESC);
CREATE INDEX opportunity_stage_idx ON opportunity (org_id, stage, kanban_place, created_at DESC, id DESC);
CREATE INDEX case_status_idx ON "case" (org_id, status, kanban_place, created_at DESC, id DESC);
CREATE INDEX task_status_idx ON task (org_id, status, kanban_place, created_at DESC, id DESC);
CREATE INDEX lead_stage_id_idx ON lead (org_id, stage_id, kanban_place, created_at DESC, id DESC) WHERE stage_id IS NOT NULL;
CREATE INDEX case_stage_id_idx ON "case" (org_id, stage_id, kanban_place, created_at DESC, id DESC) WHERE stage_id IS NOT NULL;
CREATE INDEX task_stage_id_idx ON task (org_id, stage_id, kanban_place, created_at DESC, id DESC) WHERE stage_id IS NOT NULL;
