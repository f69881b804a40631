-- Filters that had none, or none in the order of the list.
CREATE INDEX lead_rating_idx ON lead (org_id, rating, created_at DESC, id DESC);
CREATE INDEX opportunity_opportunity_type_idx ON opportunity (org_id, opportunity_type, created_at DESC, id DESC);
CREATE INDEX opportunity_lead_source_idx ON opportunity (org_id, lead_source, created_at DESC, id DESC);
CREATE INDEX task_open_due_date_idx ON task (org_id, due_date, id) WHERE status <> 'Completed';
DROP INDEX accounts_industry_idx, lead_next_follow_up_idx;
CREATE INDEX accounts_industry_idx ON accounts (org_id, industry, created_at DESC, id DESC);
CREATE INDEX lead_next_follow_up_idx ON lead (org_id, next_follow_up, id);

-- A filter of the timeline may name a record without its kind, and an action without either.
DROP INDEX activity_entity_idx, activity_action_idx;
CREATE INDEX activity_entity_idx ON activity (org_id, entity_id, created_at DESC, id DESC);
CREATE INDEX activity_entity_type_idx ON activity (org_id, entity_type, created_at DESC, id DESC);
CREATE INDEX activity_action_idx ON activity (org_id, action, created_at DESC, id DESC);

-- What a member sees begins with what they created: read from the index alone.
DROP INDEX accounts_created_by_id_idx, contacts_created_by_id_idx, lead_created_by_id_idx, opportunity_created_by_id_idx,
    task_created_by_id_idx, case_created_by_id_idx, invoice_created_by_id_idx, document_created_by_id_idx;
CREATE INDEX accounts_created_by_id_idx ON accounts (org_id, created_by_id, id);
CREATE INDEX contacts_created_by_id_idx ON contacts (org_id, created_by_id, id);
CREATE INDEX lead_created_by_id_idx ON lead (org_id, created_by_id, id);
CREATE INDEX opportunity_created_by_id_idx ON opportunity (org_id, created_by_id, id);
CREATE INDEX task_created_by_id_idx ON task (org_id, created_by_id, id);
CREATE INDEX case_created_by_id_idx ON "case" (org_id, created_by_id, id);
CREATE INDEX invoice_created_by_id_idx ON invoice (org_id, created_by_id, id);
CREATE INDEX document_created_by_id_idx ON document (org_id, created_by_id, id);

-- Amounts in hundredths. Under the policies no index compares a numeric, neither for a filter nor for a cursor.
ALTER TABLE lead ADD opportunity_amount_key bigint GENERATED ALWAYS AS ((opportunity_amount * 100)::bigint) STORED;
ALTER TABLE opportunity ADD amount_key bigint GENERATED ALWAYS AS ((amount * 100)::bigint) STORED;
ALTER TABLE invoice ADD total_amount_key bigint GENERATED ALWAYS AS ((total_amount * 100)::bigint) STORED;
DROP INDEX lead_opportunity_amount_idx, opportunity_amount_idx, invoice_total_amount_idx;
CREATE INDEX lead_opportunity_amount_key_idx ON lead (org_id, opportunity_amount_key, id);
CREATE INDEX opportunity_amount_key_idx ON opportunity (org_id, amount_key, id);
CREATE INDEX invoice_total_amount_key_idx ON invoice (org_id, total_amount_key, id);
