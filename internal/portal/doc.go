// Package portal is the client's side, over HTTP: who has the link to an estimate or an invoice, and no account, reads it,
// fetches it as a PDF, and accepts or declines the estimate.
//
// The token of the link is sent as a bearer token and stands in no address, so no log has it. It leads to one document;
// the answers are made of what is printed on it and have no ids. What a client may do is said in package store, whose
// functions for clients this package calls, each in one transaction of the link's organization. What a page looks like is
// not here: a link leads to the web application, which asks these addresses.
//
//	GET  /portal/document      the document; this marks it as viewed
//	GET  /portal/document.pdf  the same as it is printed
//	POST /portal/accept        {"name": …, "email": …}
//	POST /portal/decline       {"reason": …}, or nothing
//
// Failure: errors look like those of the GraphQL endpoint. A link that is wrong, revoked or has expired is NOT_FOUND (404),
// whatever the reason; an answer that comes too late is CONFLICT (409), one that cannot be read INVALID (400). Who tries
// many links is RATE_LIMITED (429) before the next one is looked at.
package portal
