// Package scan reads the rows of pgx into the structs of bun's models, straight from PostgreSQL's binary format.
//
// It knows the types that models have (texts, numbers, ids, times, days, amounts, JSON, and pointers to them); every
// other type is left to pgx's own type map, which is slower and takes the same values. Texts of one statement share
// their memory, and so do what pointers point to: a row of forty columns costs a handful of allocations.
//
// Failure: a value that does not fit its field is an error that names the column; a column that the struct does not
// have is left out; NULL leaves a field as it is. Nothing here knows tenants or statements.
package scan
