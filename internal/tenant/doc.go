// Package tenant keeps organizations apart: it says who is asking, and it owns the one transaction in which an
// operation works.
//
// An operation opens its transaction at the first use of the database. Queries get REPEATABLE READ READ ONLY, so
// that everything in one answer comes from one snapshot; mutations are atomic. `app.current_org` is set inside the
// transaction, together with BEGIN in one round trip, and only ever from a parsed UUID. PostgreSQL's policies read
// it; the connection goes back to the pool without it, because the setting is transaction-local.
//
// Do is the only way to the transaction. It holds a lock for a whole statement and its scan: gqlgen resolves
// fields concurrently and a connection is not concurrent. There is no way to reach the bare pool from a request.
//
// Failure: without an identity Do answers UNAUTHENTICATED, without an organization ORGANIZATION_REQUIRED. Close
// commits or rolls back, always within a time limit of its own, so that a cancelled request frees its connection.
package tenant
