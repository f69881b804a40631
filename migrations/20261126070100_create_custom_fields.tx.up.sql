-- Fields that an organization adds to its records. What they hold stands in custom_fields of the record, by their keys.
CREATE TABLE custom_field_definition (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    -- What never changes.
    target_model varchar(50) NOT NULL CONSTRAINT custom_field_definition_target_model_known CHECK (target_model IN (
        'Account', 'Lead', 'Contact', 'Opportunity', 'Case', 'Task', 'Invoice', 'Recurring invoice')),
    key          varchar(64) NOT NULL CONSTRAINT custom_field_definition_key_well_formed CHECK (key ~ '^[a-z][a-z0-9_]*$'),
    field_type   varchar(20) NOT NULL CONSTRAINT custom_field_definition_field_type_known CHECK (field_type IN (
        'text', 'textarea', 'number', 'checkbox', 'date', 'dropdown')),

    label         varchar(128) NOT NULL CONSTRAINT custom_field_definition_label_not_blank CHECK (btrim(label) <> ''),
    options       jsonb        NOT NULL DEFAULT '[]' -- of a dropdown: what is stored and what is shown
                  CONSTRAINT custom_field_definition_options_is_list CHECK (jsonb_typeof(options) = 'array'),
    is_required   boolean      NOT NULL DEFAULT false,
    is_filterable boolean      NOT NULL DEFAULT false,
    display_order integer      NOT NULL DEFAULT 0,
    is_active     boolean      NOT NULL DEFAULT true, -- false: what is stored stays, and nothing new is taken

    CONSTRAINT custom_field_definition_key_unique UNIQUE (org_id, target_model, key)
);

CREATE INDEX custom_field_definition_created_at_idx ON custom_field_definition (org_id, created_at DESC, id DESC);
CREATE INDEX custom_field_definition_display_order_idx ON custom_field_definition (org_id, display_order, id);

SELECT protect_tenant_table('custom_field_definition');

-- What records are found by: a row for each value, kept by every write of a record. Under the policies no index of jsonb is
-- used; one of texts is.
CREATE TABLE custom_field_value (
    org_id    uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    target    varchar(50) NOT NULL,
    entity_id uuid        NOT NULL,
    key       text        NOT NULL COLLATE "C",
    -- With its key, so that how many records have it is known, and with its kind: the number 5 is not the text 5.
    value     text        NOT NULL COLLATE "C",
    PRIMARY KEY (org_id, entity_id, key)
);

CREATE INDEX custom_field_value_value_idx ON custom_field_value (org_id, target, value, entity_id);

SELECT protect_tenant_table('custom_field_value');
