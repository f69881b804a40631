//go:build race

package document_test

// slower is how much longer everything takes under the race detector.
const slower = 20
