// Package auth turns a bearer token into somebody: personal access tokens and JWT access tokens, sign-in by link or
// code, refresh, and the change of organization (domain: A.5 to A.8).
//
// A token only finds the membership; role, membership and active flags are re-read by each operation inside its own
// transaction (identity.go). Sign-in works in transactions of its own, because a wrong code must count although the
// request is refused. Secrets are stored as hashes and never logged.
//
// Failure: whatever is wrong with a token is UNAUTHENTICATED with a sentence that tells nobody whether an account
// exists; a membership that is suspended is ORGANIZATION_REQUIRED.
package auth
