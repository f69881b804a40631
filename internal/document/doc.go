// Package document judges what a client wrote before anything is executed: it parses a GraphQL document, refuses what
// is too large, too deep or too costly, validates the rest, reads the variables and estimates the cost.
//
// A document passes the limits first, because validation is what hostile documents aim at: each limit is checked by a
// walk that is linear in the document. Documents that are valid are kept, bounded by their bytes; nothing else is.
// What is not here: HTTP, who asks, and how a field is resolved.
//
// Failure: a limit is an *Exceeded, which is a LIMIT_EXCEEDED fault and names the limit; a document that is wrong is a
// gqlerror.List; variables that are wrong are a gqlerror.List of INVALID faults, all of them at once.
package document
