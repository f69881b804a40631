-- The domain of an account's web site, by which duplicates are found: without scheme, www, port and path.
ALTER TABLE accounts ADD domain_key text
    GENERATED ALWAYS AS (substring(lower(website) FROM '^https?://(?:www\.)?([^][/:?#]+)')) STORED;
CREATE INDEX accounts_domain_key_idx ON accounts (org_id, domain_key) WHERE domain_key IS NOT NULL;
