-- The two functions that every later migration uses, so that no table spells its protection out by hand.

-- protect_tenant_table puts a table behind the current organization. The setting is cast, never the column: a cast
-- column loses its indexes. NULLIF makes an unset and an emptied setting the same: no context, no rows. The second
-- policy is RESTRICTIVE, so that it still binds when somebody adds a permissive policy. FORCE binds the owner too.
CREATE FUNCTION protect_tenant_table(tenant_table regclass) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    in_context CONSTANT text := 'org_id = NULLIF(current_setting(''app.current_org'', true), '''')::uuid';
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = tenant_table AND attname = 'org_id' AND atttypid = 'uuid'::regtype AND attnotnull
    ) THEN
        RAISE EXCEPTION 'protect_tenant_table: % has no column org_id uuid NOT NULL', tenant_table;
    END IF;

    -- regclass prints the name quoted where it has to be.
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY org_isolation ON %s FOR ALL USING (%s)', tenant_table, in_context);
    EXECUTE format('CREATE POLICY org_insert_check ON %s AS RESTRICTIVE FOR INSERT WITH CHECK (%s)',
        tenant_table, in_context);
END
$$;

-- create_join_table makes the table of a many-to-many relation: unique pairs, both ends in the same organization,
-- deleted with either end, found from either end, and protected like every other table.
CREATE FUNCTION create_join_table(
    join_table name, left_column name, left_table regclass, right_column name, right_table regclass
) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE format(
        'CREATE TABLE %1$I (
            org_id uuid NOT NULL,
            %2$I   uuid NOT NULL,
            %4$I   uuid NOT NULL,
            CONSTRAINT %6$I PRIMARY KEY (org_id, %2$I, %4$I),
            CONSTRAINT %7$I FOREIGN KEY (org_id, %2$I) REFERENCES %3$s (org_id, id) ON DELETE CASCADE,
            CONSTRAINT %8$I FOREIGN KEY (org_id, %4$I) REFERENCES %5$s (org_id, id) ON DELETE CASCADE
        )',
        join_table, left_column, left_table, right_column, right_table,
        join_table || '_pkey',
        join_table || '_' || left_column || '_fkey',
        join_table || '_' || right_column || '_fkey');
    EXECUTE format('CREATE INDEX %I ON %I (org_id, %I, %I)',
        join_table || '_' || right_column || '_idx', join_table, right_column, left_column);
    PERFORM protect_tenant_table(quote_ident(join_table)::regclass);
END
$$;

-- They change the schema, so only who may change the schema has a use for them.
REVOKE EXECUTE ON FUNCTION protect_tenant_table(regclass) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION create_join_table(name, name, regclass, name, regclass) FROM PUBLIC;
