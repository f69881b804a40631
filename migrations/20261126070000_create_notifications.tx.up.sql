-- What a member is told of, besides the timeline: one row for each recipient, written with the change that it tells of.
CREATE TABLE notification (
    id         uuid        NOT NULL,
    org_id     uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),

    recipient_id uuid        NOT NULL,
    actor_id     uuid, -- who did it; null when a job or a web form did
    verb         varchar(64) NOT NULL CONSTRAINT notification_verb_known CHECK (verb IN (
        'assigned', 'reopened', 'mentioned', 'commented', 'escalated')),

    -- The record, by kind and id: the row outlives it, and its name is copied so that it still reads well.
    entity_type varchar(50)  NOT NULL CONSTRAINT notification_entity_type_known CHECK (entity_type IN (
        'Account', 'Lead', 'Contact', 'Opportunity', 'Case', 'Task', 'Board task', 'Invoice', 'Estimate', 'Recurring invoice')),
    entity_id   uuid         NOT NULL,
    entity_name varchar(255) NOT NULL DEFAULT '',
    excerpt     varchar(200), -- of what somebody wrote

    read_at timestamptz,

    CONSTRAINT notification_recipient_id_fkey FOREIGN KEY (org_id, recipient_id)
        REFERENCES profile (org_id, id) ON DELETE CASCADE,
    CONSTRAINT notification_actor_id_fkey FOREIGN KEY (org_id, actor_id)
        REFERENCES profile (org_id, id) ON DELETE SET NULL (actor_id)
);

CREATE INDEX notification_recipient_id_idx ON notification (org_id, recipient_id, created_at DESC, id DESC);
CREATE INDEX notification_unread_idx ON notification (org_id, recipient_id, created_at DESC, id DESC) WHERE read_at IS NULL;
CREATE INDEX notification_seen_idx ON notification (org_id, recipient_id, created_at DESC, id DESC) WHERE read_at IS NOT NULL;
CREATE INDEX notification_read_at_idx ON notification (org_id, read_at) WHERE read_at IS NOT NULL; -- what is purged
CREATE INDEX notification_actor_id_idx ON notification (org_id, actor_id);

SELECT protect_tenant_table('notification');
