-- A default fills the rows: policies would hide them from an UPDATE.
ALTER TABLE invoice
    ADD public_token        varchar(64) NOT NULL DEFAULT replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
    ADD public_link_enabled boolean     NOT NULL DEFAULT true,
    ADD CONSTRAINT invoice_public_token_unique UNIQUE (org_id, public_token);
ALTER TABLE invoice ALTER public_token DROP DEFAULT;
