-- Every list can be ordered by its last change.
CREATE INDEX accounts_updated_at_idx ON accounts (org_id, updated_at DESC, id DESC);
CREATE INDEX contacts_updated_at_idx ON contacts (org_id, updated_at DESC, id DESC);
CREATE INDEX lead_updated_at_idx ON lead (org_id, updated_at DESC, id DESC);
CREATE INDEX opportunity_updated_at_idx ON opportunity (org_id, updated_at DESC, id DESC);
CREATE INDEX task_updated_at_idx ON task (org_id, updated_at DESC, id DESC);

-- Filters whose values are rare: without an index a page of them would read the organization's whole list.
CREATE INDEX lead_industry_idx ON lead (org_id, industry, created_at DESC, id DESC);
CREATE INDEX lead_archived_idx ON lead (org_id, created_at DESC, id DESC) WHERE NOT is_active;
CREATE INDEX accounts_archived_idx ON accounts (org_id, created_at DESC, id DESC) WHERE NOT is_active;
CREATE INDEX contacts_archived_idx ON contacts (org_id, created_at DESC, id DESC) WHERE NOT is_active;
CREATE INDEX opportunity_archived_idx ON opportunity (org_id, created_at DESC, id DESC) WHERE NOT is_active;

-- Most leads are not converted, and a row without a value is nothing that these are asked for.
DROP INDEX lead_converted_account_id_idx, lead_converted_contact_id_idx, lead_converted_opportunity_id_idx, lead_phone_key_idx;
CREATE INDEX lead_converted_account_id_idx ON lead (org_id, converted_account_id) WHERE converted_account_id IS NOT NULL;
CREATE INDEX lead_converted_contact_id_idx ON lead (org_id, converted_contact_id) WHERE converted_contact_id IS NOT NULL;
CREATE INDEX lead_converted_opportunity_id_idx ON lead (org_id, converted_opportunity_id) WHERE converted_opportunity_id IS NOT NULL;
CREATE INDEX lead_phone_key_idx ON lead (org_id, phone_key) WHERE phone_key IS NOT NULL;
