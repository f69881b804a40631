DROP FUNCTION create_join_table(name, name, regclass, name, regclass);
DROP FUNCTION protect_tenant_table(regclass);
