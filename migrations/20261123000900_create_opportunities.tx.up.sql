CREATE TABLE opportunity (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    name             varchar(255) NOT NULL CONSTRAINT opportunity_name_not_blank CHECK (btrim(name) <> ''),
    account_id       uuid,
    opportunity_type varchar(64)  CONSTRAINT opportunity_opportunity_type_known CHECK (opportunity_type IN (
                         'NEW_BUSINESS', 'EXISTING_BUSINESS', 'RENEWAL', 'UPSELL', 'CROSS_SELL')),
    -- Other values than a lead's source.
    lead_source      varchar(255) CONSTRAINT opportunity_lead_source_known CHECK (lead_source IN (
                         'NONE', 'CALL', 'EMAIL', 'EXISTING CUSTOMER', 'PARTNER', 'PUBLIC RELATIONS', 'CAMPAIGN',
                         'WEBSITE', 'OTHER')),

    -- Where the deal stands.
    stage            varchar(64) NOT NULL DEFAULT 'PROSPECTING' CONSTRAINT opportunity_stage_known CHECK (stage IN (
                         'PROSPECTING', 'QUALIFICATION', 'PROPOSAL', 'NEGOTIATION', 'CLOSED_WON', 'CLOSED_LOST')),
    stage_changed_at timestamptz, -- set at creation and at each change of stage; the ageing counts from it
    probability      integer     NOT NULL DEFAULT 0
                     CONSTRAINT opportunity_probability_in_range CHECK (probability BETWEEN 0 AND 100),
    closed_on        date,        -- expected or actual
    closed_by_id     uuid,        -- the member who moved it to a closed stage

    -- What it is worth.
    amount        numeric(12,2) CONSTRAINT opportunity_amount_not_negative CHECK (amount >= 0),
    currency      varchar(3)    CONSTRAINT opportunity_currency_known CHECK (currency IN (
                      'USD', 'EUR', 'GBP', 'INR', 'CAD', 'AUD', 'JPY', 'CNY', 'CHF', 'SGD', 'AED', 'BRL', 'MXN')),
    amount_source varchar(20)   NOT NULL DEFAULT 'MANUAL' -- CALCULATED while it has lines: then amount is their sum
                  CONSTRAINT opportunity_amount_source_known CHECK (amount_source IN ('MANUAL', 'CALCULATED')),

    description   text,
    custom_fields jsonb         NOT NULL DEFAULT '{}'
                  CONSTRAINT opportunity_custom_fields_is_object CHECK (jsonb_typeof(custom_fields) = 'object'),
    kanban_order  numeric(15,6) NOT NULL DEFAULT 0,
    is_active     boolean       NOT NULL DEFAULT true,
    is_sample     boolean       NOT NULL DEFAULT false,

    name_key text GENERATED ALWAYS AS (lower(btrim(name))) STORED,
    CONSTRAINT opportunity_name_unique UNIQUE (org_id, name_key),

    -- The gates of the closed stages, for whichever path leads there.
    CONSTRAINT opportunity_closed_has_date CHECK (stage NOT IN ('CLOSED_WON', 'CLOSED_LOST') OR closed_on IS NOT NULL),
    CONSTRAINT opportunity_won_has_amount CHECK (stage <> 'CLOSED_WON' OR amount IS NOT NULL),

    -- Refuses to delete an account that has deals. NO ACTION, not RESTRICT: it is checked when the statement is
    -- through, so that deleting a whole organization can cascade in any order.
    CONSTRAINT opportunity_account_id_fkey FOREIGN KEY (org_id, account_id)
        REFERENCES accounts (org_id, id) ON DELETE NO ACTION,
    CONSTRAINT opportunity_closed_by_id_fkey FOREIGN KEY (org_id, closed_by_id)
        REFERENCES profile (org_id, id) ON DELETE SET NULL (closed_by_id)
);

CREATE INDEX opportunity_created_at_idx ON opportunity (org_id, created_at DESC, id DESC);
CREATE INDEX opportunity_name_idx ON opportunity (org_id, name, id);
CREATE INDEX opportunity_amount_idx ON opportunity (org_id, amount, id);
CREATE INDEX opportunity_closed_on_idx ON opportunity (org_id, closed_on, id);
CREATE INDEX opportunity_stage_idx ON opportunity (org_id, stage, kanban_order, id);
CREATE INDEX opportunity_account_id_idx ON opportunity (org_id, account_id, created_at DESC, id DESC);
CREATE INDEX opportunity_closed_by_id_idx ON opportunity (org_id, closed_by_id);
CREATE INDEX opportunity_created_by_id_idx ON opportunity (org_id, created_by_id);

SELECT protect_tenant_table('opportunity');

SELECT create_join_table('opportunity_assigned_to', 'opportunity_id', 'opportunity', 'profile_id', 'profile');
SELECT create_join_table('opportunity_teams', 'opportunity_id', 'opportunity', 'team_id', 'teams');
SELECT create_join_table('opportunity_tags', 'opportunity_id', 'opportunity', 'tag_id', 'tags');
SELECT create_join_table('opportunity_contacts', 'opportunity_id', 'opportunity', 'contact_id', 'contacts');
