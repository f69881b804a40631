-- Two ledgers of the same shape: what happened inside an organization, which its admins read, and what happened
-- outside of any (an unknown address, an unknown token), which no tenant ever reads. One table with a nullable
-- organization would refuse exactly the hostile events.

CREATE TABLE security_audit_log (
    id         uuid        NOT NULL,
    org_id     uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),

    event_type  varchar(50) NOT NULL CONSTRAINT security_audit_log_event_type_known CHECK (event_type IN (
                    'LOGIN_SUCCESS', 'LOGIN_FAILURE', 'LOGOUT', 'ORG_SWITCH', 'TOKEN_REFRESH', 'TOKEN_REVOKED',
                    'PERMISSION_DENIED', 'CROSS_ORG_ATTEMPT', 'API_KEY_USED', 'API_KEY_INVALID',
                    'MEMBERSHIP_REVOKED', 'SUSPICIOUS_ACTIVITY', 'SAMPLE_DATA_CLEARED')),
    success     boolean     NOT NULL DEFAULT true, -- false: a refused attempt
    user_id     uuid        REFERENCES users ON DELETE SET NULL,
    description text        NOT NULL DEFAULT '',
    metadata    jsonb       NOT NULL DEFAULT '{}' -- never a secret
                CONSTRAINT security_audit_log_metadata_is_object CHECK (jsonb_typeof(metadata) = 'object'),

    -- The request it came from.
    ip_address     inet,
    user_agent     varchar(500) NOT NULL DEFAULT '',
    request_path   varchar(500) NOT NULL DEFAULT '',
    request_method varchar(10)  NOT NULL DEFAULT ''
);

CREATE INDEX security_audit_log_created_at_idx ON security_audit_log (org_id, created_at DESC, id DESC);
CREATE INDEX security_audit_log_event_type_idx ON security_audit_log (org_id, event_type, created_at DESC);
CREATE INDEX security_audit_log_user_id_idx ON security_audit_log (org_id, user_id, created_at DESC);
CREATE INDEX security_audit_log_success_idx ON security_audit_log (org_id, success, created_at DESC);

SELECT protect_tenant_table('security_audit_log');

CREATE TABLE security_event (
    id         uuid        PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),

    event_type  varchar(50) NOT NULL CONSTRAINT security_event_event_type_known CHECK (event_type IN (
                    'LOGIN_SUCCESS', 'LOGIN_FAILURE', 'LOGOUT', 'ORG_SWITCH', 'TOKEN_REFRESH', 'TOKEN_REVOKED',
                    'PERMISSION_DENIED', 'CROSS_ORG_ATTEMPT', 'API_KEY_USED', 'API_KEY_INVALID',
                    'MEMBERSHIP_REVOKED', 'SUSPICIOUS_ACTIVITY', 'SAMPLE_DATA_CLEARED')),
    success     boolean     NOT NULL DEFAULT true,
    user_id     uuid        REFERENCES users ON DELETE SET NULL,
    description text        NOT NULL DEFAULT '',
    metadata    jsonb       NOT NULL DEFAULT '{}'
                CONSTRAINT security_event_metadata_is_object CHECK (jsonb_typeof(metadata) = 'object'),

    ip_address     inet,
    user_agent     varchar(500) NOT NULL DEFAULT '',
    request_path   varchar(500) NOT NULL DEFAULT '',
    request_method varchar(10)  NOT NULL DEFAULT ''
);

CREATE INDEX security_event_created_at_idx ON security_event (created_at DESC);
CREATE INDEX security_event_ip_address_idx ON security_event (ip_address, created_at DESC);

-- The application writes and never reads. Insert without RETURNING: returning a row needs the right to read it.
ALTER TABLE security_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE security_event FORCE ROW LEVEL SECURITY;
CREATE POLICY append_only ON security_event FOR INSERT WITH CHECK (true);
