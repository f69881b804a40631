-- What came through web forms, kept for as long as its number is limited: how often a key, and an address, may send.
CREATE TABLE lead_capture (
    id         uuid        NOT NULL,
    org_id     uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),

    api_settings_id uuid NOT NULL,
    ip_address      inet,

    CONSTRAINT lead_capture_api_settings_id_fkey FOREIGN KEY (org_id, api_settings_id)
        REFERENCES "apiSettings" (org_id, id) ON DELETE CASCADE
);

CREATE INDEX lead_capture_created_at_idx ON lead_capture (org_id, created_at);
CREATE INDEX lead_capture_api_settings_id_idx ON lead_capture (org_id, api_settings_id, created_at);

SELECT protect_tenant_table('lead_capture');
