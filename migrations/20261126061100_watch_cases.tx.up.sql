-- Who follows a case. Following shows it, and nothing more.
CREATE TABLE case_watcher (
    org_id         uuid        NOT NULL,
    case_id        uuid        NOT NULL,
    profile_id     uuid        NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    subscribed_via varchar(32) NOT NULL DEFAULT 'manual' CONSTRAINT case_watcher_subscribed_via_known CHECK (subscribed_via IN (
                       'manual', 'mention', 'auto_assignee', 'auto_team')),
    PRIMARY KEY (org_id, case_id, profile_id),

    CONSTRAINT case_watcher_case_id_fkey FOREIGN KEY (org_id, case_id) REFERENCES "case" (org_id, id) ON DELETE CASCADE,
    CONSTRAINT case_watcher_profile_id_fkey FOREIGN KEY (org_id, profile_id) REFERENCES profile (org_id, id) ON DELETE CASCADE
);

CREATE INDEX case_watcher_profile_id_idx ON case_watcher (org_id, profile_id, case_id);

SELECT protect_tenant_table('case_watcher');

-- Whom a comment speaks to.
SELECT create_join_table('comment_mentions', 'comment_id', 'comment', 'profile_id', 'profile');
