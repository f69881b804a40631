DROP INDEX accounts_updated_at_idx, contacts_updated_at_idx, lead_updated_at_idx, opportunity_updated_at_idx, task_updated_at_idx,
    lead_industry_idx, lead_archived_idx, accounts_archived_idx, contacts_archived_idx, opportunity_archived_idx,
    lead_converted_account_id_idx, lead_converted_contact_id_idx, lead_converted_opportunity_id_idx, lead_phone_key_idx;
CREATE INDEX lead_converted_account_id_idx ON lead (org_id, converted_account_id);
CREATE INDEX lead_converted_contact_id_idx ON lead (org_id, converted_contact_id);
CREATE INDEX lead_converted_opportunity_id_idx ON lead (org_id, converted_opportunity_id);
CREATE INDEX lead_phone_key_idx ON lead (org_id, phone_key);
