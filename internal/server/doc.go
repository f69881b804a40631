// Package server is the HTTP side: the GraphQL endpoint, the playground, health, and what every request passes
// through (request id, log, identity). It takes the GraphQL request out of the HTTP request, has package document judge
// it, opens the tenant's operation around its execution and ends that before the answer is written. Files that come
// with a request are stored before that (upload.go); links to files and printed bills are followed as the person whom they
// name (download.go); lists go out as CSV (export.go). What is not here: what a document may ask for, what a field does,
// and what is answered without an account (packages portal and webform).
//
// Failure: what is no GraphQL request is refused with the status of HTTP for it (400, 401, 403, 405, 406, 408, 413, 414,
// 415), or 503 when its files cannot be stored; a document that is refused is 400, or 200 for clients of
// application/json; a panic is logged and answered as INTERNAL. No refusal repeats the body.
package server
