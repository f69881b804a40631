// Package testdb gives every test a PostgreSQL database of its own, migrated, with the two roles of production: the
// owner of the schema, and the application's role, to which row-level security applies. Tests connect as the
// application (DB.AppURL); a test of isolation that connects as a superuser proves nothing.
//
//	func TestMain(m *testing.M) { os.Exit(testdb.Run(m)) }
//
//	func TestLead(t *testing.T) {
//		t.Parallel()
//		db := testdb.New(t) // db.AppURL, db.OwnerURL
//
// The server of a test process starts with the first New. It is, in this order:
//
//   - the one that TEST_DATABASE_URL names: postgres://…, an administrator who is a superuser or may create
//     databases and roles;
//   - a container of the image postgres:17, when Docker answers;
//   - a temporary server from the binaries of this machine (package devdb).
//
// One line on stderr says which it was, with its version. Without any of them the tests fail; none is skipped.
//
// The migrations run once per process, into a template of which every test gets a copy. Measured on two cores, with
// 70 tables and 460 indexes: 50 ms for a copy and 12 ms for its removal, because containers and local servers on
// Linux keep their data in memory (on a disk the same copy took 700 ms); 3 s to start, migrations included.
//
// A database is dropped at the end of its test. With TEST_KEEP_DB set, that of a failed test stays, and the server
// with it; the test's log tells its address. Without that, a server goes with its process, even when a panic or a
// timeout ends it: a container by testcontainers' own reaper, a local one by the guard of devdb.
package testdb
