//go:build !linux

package testdb

// tempRoot is "" for the usual place: other systems have no file system in memory that is always there.
func tempRoot() string { return "" }
