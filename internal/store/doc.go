// Package store says what is true of each entity: its declaration, its rules, and the generic operations that
// every path goes through (create, update, board move, bulk, import, job, nested input).
//
// One file an entity: lead.go holds all that is particular to leads. What they share is here once: get and list
// (list.go), totals (total.go), writing (write.go), relations (link.go, related.go), search (search.go, reindex.go), who may
// see what (sight.go) and do what (access.go), places on boards (standing.go, kanban.go, move.go) and in sequences
// (sequence.go), the timeline (record.go), errors of the database (constraint.go). Every statement carries `org_id = $1`;
// PostgreSQL's policies are the wall behind it. What is not here: GraphQL and HTTP.
//
// Failure: what a client did wrong is a fault (package fault). A record of another organization, one that the
// viewer may not see and one that does not exist are the same NOT_FOUND.
package store
