ALTER TABLE accounts DROP COLUMN domain_key;
