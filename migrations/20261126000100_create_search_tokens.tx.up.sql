-- What free text is sought in. A token is where a word of a record begins (package search); a search for a word's
-- beginning is one range of an index, whatever the policies say: comparisons of text are leakproof, those of trigrams and
-- tsvector are not. Tokens are compared by their bytes, so that a range is the same in every locale.
CREATE TABLE search_token (
    org_id    uuid     NOT NULL REFERENCES organization ON DELETE CASCADE,
    entity    text     NOT NULL, -- the record's noun, such as lead
    token     text     NOT NULL COLLATE "C",
    weight    smallint NOT NULL, -- of the field that the word stands in: a name weighs more than a city
    entity_id uuid     NOT NULL,
    PRIMARY KEY (org_id, entity, entity_id, token) -- whether a record at hand has a word
);

-- Which records have a word, in the order in which a search shows them.
CREATE INDEX search_token_token_idx ON search_token (org_id, entity, token, weight DESC, entity_id DESC);

-- Without a count of their own, words that a few thousand records have look as rare as those of one.
ALTER TABLE search_token ALTER COLUMN token SET STATISTICS 1000;

SELECT protect_tenant_table('search_token');
