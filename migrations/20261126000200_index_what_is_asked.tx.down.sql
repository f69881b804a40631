DROP INDEX activity_entity_idx, activity_entity_type_idx, activity_action_idx;
CREATE INDEX activity_entity_idx ON activity (org_id, entity_type, entity_id, created_at DESC, id DESC);
CREATE INDEX activity_action_idx ON activity (org_id, entity_type, action, created_at DESC);

DROP INDEX lead_rating_idx, opportunity_opportunity_type_idx, opportunity_lead_source_idx, task_open_due_date_idx, accounts_industry_idx,
    lead_next_follow_up_idx;
CREATE INDEX accounts_industry_idx ON accounts (org_id, industry);
CREATE INDEX lead_next_follow_up_idx ON lead (org_id, next_follow_up);

ALTER TABLE lead DROP opportunity_amount_key;
ALTER TABLE opportunity DROP amount_key;
ALTER TABLE invoice DROP total_amount_key;
CREATE INDEX lead_opportunity_amount_idx ON lead (org_id, opportunity_amount, id);
CREATE INDEX opportunity_amount_idx ON opportunity (org_id, amount, id);
CREATE INDEX invoice_total_amount_idx ON invoice (org_id, total_amount, id);

DROP INDEX accounts_created_by_id_idx, contacts_created_by_id_idx, lead_created_by_id_idx, opportunity_created_by_id_idx,
    task_created_by_id_idx, case_created_by_id_idx, invoice_created_by_id_idx, document_created_by_id_idx;
CREATE INDEX accounts_created_by_id_idx ON accounts (org_id, created_by_id);
CREATE INDEX contacts_created_by_id_idx ON contacts (org_id, created_by_id);
CREATE INDEX lead_created_by_id_idx ON lead (org_id, created_by_id);
CREATE INDEX opportunity_created_by_id_idx ON opportunity (org_id, created_by_id);
CREATE INDEX task_created_by_id_idx ON task (org_id, created_by_id);
CREATE INDEX case_created_by_id_idx ON "case" (org_id, created_by_id);
CREATE INDEX invoice_created_by_id_idx ON invoice (org_id, created_by_id);
CREATE INDEX document_created_by_id_idx ON document (org_id, created_by_id);
