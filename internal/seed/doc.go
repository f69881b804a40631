// Package seed fills organizations with made-up records: Demo for people who try the product, Load for measuring it
// at size.
//
// Both tell the same stories. A fiction (fiction.go, word.go and one file an entity) makes up whole records: who owns
// them, when they were made, what they are worth. Demo hands them to the store, so that every rule holds and the
// timeline is written. Load writes their columns in bulk (loading.go): by COPY as an administrator (copy.go), or as the
// application's role with INSERT (insert.go), because PostgreSQL refuses COPY FROM to a role that policies apply to.
//
// The same seed gives the same names and amounts at any time and in any database. Dates follow the clock, ids differ.
// Companies are invented, addresses end in .example, and telephone numbers are from the blocks kept for fiction.
//
// Failure: an organization is made in one transaction with all that is in it, so an interrupted run leaves each of
// them whole or not there; run it again for the rest.
package seed
