// Package rls checks, in the database itself, that organizations are kept apart: the role in use, the policies on
// every table that has an org_id, the ways around them, and, on demand, what actually happens when one organization
// reaches for another's rows. Operators' commands print it; the server does not start while there is a problem.
//
// Everything is read from the catalogue, never from a list of table names, so a table that somebody adds is checked
// from the moment it exists. The one list here is Exceptions, and a test holds it to its three entries. The policies
// are defined by the migrations; this package only knows what they must look like, down to the expression.
//
// A finding is no error: it is in the Report, and OK says whether there is any. An error means that the catalogue
// could not be read.
package rls

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"
)

// Report is what the catalogue says.
type Report struct {
	Role     Role     `json:"role"`
	Tables   []Table  `json:"tables"`
	Bypasses []string `json:"bypasses,omitempty"` // what lets rows out beside the policies, each as a clause
}

// Table is one table with an org_id.
type Table struct {
	Name        string   `json:"name"`
	Enabled     bool     `json:"enabled"`
	Forced      bool     `json:"forced"`          // binds the owner too
	Isolation   bool     `json:"isolation"`       // org_isolation exists and is as expected
	InsertCheck bool     `json:"insertCheck"`     // org_insert_check exists and is as expected
	Extra       []string `json:"extra,omitempty"` // policies that should not be there, or not like this

	Exception string `json:"exception,omitempty"` // why the table has one more policy; empty = it may not
	Lookup    bool   `json:"lookup,omitempty"`    // that policy exists and is as expected
}

// Inspect reads the catalogue as the role of db.
func Inspect(ctx context.Context, db *bun.DB) (Report, error) {
	var r Report
	for _, read := range []struct {
		what string
		from func(context.Context, *bun.DB, *Report) error
	}{
		{"the role", readRole},
		{"the tables", readTables},
		{"the policies", readPolicies},
		{"the ways around them", readBypasses},
	} {
		if err := read.from(ctx, db, &r); err != nil {
			return Report{}, fmt.Errorf("inspect %s: %w", read.what, err)
		}
	}
	return r, nil
}

// OK reports whether the database keeps organizations apart.
func (r Report) OK() bool { return len(r.Problems()) == 0 }

// Problems says what is wrong and what to do about it; empty means safe.
func (r Report) Problems() []string {
	problems := r.Role.Problems()
	if len(r.Tables) == 0 {
		problems = append(problems, "no table has an org_id: run the migrations")
	}
	for _, t := range r.Tables {
		if !t.OK() {
			problems = append(problems, t.String()+": put back what its migration defined; "+
				"a new table calls protect_tenant_table in the migration that creates it")
		}
	}
	return append(problems, r.Bypasses...)
}

// OK reports whether the table is protected exactly as it should be.
func (t Table) OK() bool { return t.Enabled && t.Forced && len(t.faults()) == 0 }

// String is the line of the status command.
func (t Table) String() string {
	state := "disabled"
	switch {
	case t.Enabled && t.Forced:
		state = "ENABLED (forced)"
	case t.Enabled:
		state = "ENABLED"
	}
	return strings.Join(append([]string{t.Name + ": " + state}, t.faults()...), ", ")
}

func (t Table) faults() []string {
	var faults []string
	required := []struct {
		policy string
		intact bool
	}{{isolation, t.Isolation}, {insertCheck, t.InsertCheck}}
	if t.Exception != "" {
		required = append(required, struct {
			policy string
			intact bool
		}{Exceptions[t.Name].Policy, t.Lookup})
	}
	altered := map[string]bool{}
	for _, name := range t.Extra {
		altered[name] = true
	}
	for _, r := range required {
		switch {
		case altered[r.policy]:
			faults = append(faults, "policy "+r.policy+" altered")
			delete(altered, r.policy)
		case !r.intact:
			faults = append(faults, "policy "+r.policy+" missing")
		}
	}
	for _, name := range t.Extra {
		if altered[name] {
			faults = append(faults, "policy "+name+" should not exist")
		}
	}
	return faults
}
