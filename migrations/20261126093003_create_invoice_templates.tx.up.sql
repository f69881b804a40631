-- How invoices look on paper: colours and texts, and no markup.
CREATE TABLE invoice_template (
    id            uuid        NOT NULL,
    org_id        uuid        NOT NULL REFERENCES organization ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    updated_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),

    name            varchar(100) NOT NULL CONSTRAINT invoice_template_name_not_blank CHECK (btrim(name) <> ''),
    is_default      boolean      NOT NULL DEFAULT false, -- of new invoices
    primary_color   varchar(7)   NOT NULL DEFAULT '#3B82F6'
                    CONSTRAINT invoice_template_primary_color_well_formed CHECK (primary_color ~ '^#[0-9A-Fa-f]{6}$'),
    secondary_color varchar(7)   NOT NULL DEFAULT '#1E40AF'
                    CONSTRAINT invoice_template_secondary_color_well_formed CHECK (secondary_color ~ '^#[0-9A-Fa-f]{6}$'),
    default_notes   text,
    default_terms   text,
    footer_text     varchar(1000)
);

CREATE UNIQUE INDEX invoice_template_default_unique ON invoice_template (org_id) WHERE is_default;
CREATE INDEX invoice_template_created_at_idx ON invoice_template (org_id, created_at DESC, id DESC);
CREATE INDEX invoice_template_name_idx ON invoice_template (org_id, name, id);

SELECT protect_tenant_table('invoice_template');

ALTER TABLE invoice
    ADD template_id uuid,
    ADD CONSTRAINT invoice_template_id_fkey FOREIGN KEY (org_id, template_id)
        REFERENCES invoice_template (org_id, id) ON DELETE SET NULL (template_id);
CREATE INDEX invoice_template_id_idx ON invoice (org_id, template_id) WHERE template_id IS NOT NULL;
