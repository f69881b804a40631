// Package server is the HTTP side: the GraphQL endpoint, the playground, health, and what every request passes
// through (request id, log, identity). It opens the tenant's operation around each GraphQL operation and ends it
// before the answer is written. What is not here: what a field does.
//
// Failure: a request whose token is malformed is refused with 401 before anything is parsed; a panic is logged and
// answered as INTERNAL.
package server
