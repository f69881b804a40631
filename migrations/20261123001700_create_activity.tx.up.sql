-- The timeline: one row an event, written with the change it tells of, never edited.
CREATE TABLE activity (
    id         uuid        NOT NULL,
    org_id     uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),

    profile_id uuid, -- who acted; null when a job did
    action     varchar(32) NOT NULL CONSTRAINT activity_action_known CHECK (action IN (
        'CREATE', 'UPDATE', 'DELETE', 'VIEW', 'COMMENT', 'ASSIGN', 'STATUS_CHANGED', 'PRIORITY_CHANGED', 'ROUTED',
        'ESCALATED', 'REOPENED', 'MERGED', 'MERGE_TARGET', 'UNMERGED', 'UNMERGE_TARGET', 'LINKED_SOLUTION',
        'UNLINKED_SOLUTION', 'WATCHED', 'UNWATCHED', 'MENTIONED', 'APPROVAL_REQUESTED', 'APPROVED', 'REJECTED',
        'APPROVAL_CANCELLED', 'LINKED_ASSET', 'UNLINKED_ASSET', 'LINKED_JIRA', 'LINKED_PARENT', 'UNLINKED_PARENT',
        'PARENT_CLOSED_CASCADE', 'TIME_LOGGED', 'EMAIL_RECEIVED')),

    -- The record, by kind and id: the row outlives it, and its name is copied so that it still reads well.
    entity_type varchar(50)  NOT NULL CONSTRAINT activity_entity_type_known CHECK (entity_type IN (
        'Account', 'Lead', 'Contact', 'Opportunity', 'Case', 'Task', 'Invoice', 'Event', 'Document', 'Team')),
    entity_id   uuid         NOT NULL,
    entity_name varchar(255) NOT NULL DEFAULT '',

    description text  NOT NULL DEFAULT '',
    metadata    jsonb NOT NULL DEFAULT '{}' -- what changed, from what to what
                CONSTRAINT activity_metadata_is_object CHECK (jsonb_typeof(metadata) = 'object'),

    CONSTRAINT activity_profile_id_fkey FOREIGN KEY (org_id, profile_id)
        REFERENCES profile (org_id, id) ON DELETE SET NULL (profile_id)
);

CREATE INDEX activity_created_at_idx ON activity (org_id, created_at DESC, id DESC);
CREATE INDEX activity_entity_idx ON activity (org_id, entity_type, entity_id, created_at DESC, id DESC);
CREATE INDEX activity_action_idx ON activity (org_id, entity_type, action, created_at DESC);
CREATE INDEX activity_profile_id_idx ON activity (org_id, profile_id, created_at DESC);

SELECT protect_tenant_table('activity');
