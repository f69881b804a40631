// Package model holds the entities: structs that are rows of a table to bun and object types to GraphQL.
//
// Nullable columns are pointers. Fields tagged `bun:"-"` are what an input may set besides columns: the ids of
// related rows. The `max`, `min` and `required` tags are checked by the store on every write; other rules stand with
// the entity in package store. What is not here: queries, context, rules.
//
// Bun relation fields are avoided on purpose: gqlgen would bind a field named like a GraphQL field itself, and the
// relation would be null unless a query happened to join it.
package model
