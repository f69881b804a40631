package rls

import (
	"fmt"
	"io"
	"strings"
)

// WriteStatus prints the tables, one a line.
func WriteStatus(w io.Writer, r Report) error {
	var b strings.Builder
	b.WriteString("RLS Status:\n")
	if r.Role.OK() {
		fmt.Fprintf(&b, "Database user %q is not a superuser - RLS will be enforced\n", r.Role.Name)
	}
	for _, problem := range r.Role.Problems() {
		fmt.Fprintf(&b, "WARNING: %s\n", problem)
	}

	var exceptions strings.Builder
	enabled := 0
	for _, t := range r.Tables {
		if t.Enabled {
			enabled++
		}
		if t.Exception == "" {
			fmt.Fprintf(&b, "%s\n", t)
			continue
		}
		fmt.Fprintf(&exceptions, "%s, policy %s: %s\n", t, Exceptions[t.Name].Policy, t.Exception)
	}
	if exceptions.Len() > 0 {
		b.WriteString("Exceptions (read before the organization is known):\n" + exceptions.String())
	}
	for _, bypass := range r.Bypasses {
		fmt.Fprintf(&b, "WARNING: %s\n", bypass)
	}
	fmt.Fprintf(&b, "Enabled: %d, Disabled: %d\n", enabled, len(r.Tables)-enabled)
	return write(w, &b)
}

// WriteVerifyUser prints what the role may do, and how to make a proper one.
func WriteVerifyUser(w io.Writer, r Report) error {
	var b strings.Builder
	b.WriteString("Verifying database user...\n")
	fmt.Fprintf(&b, "Current user: %s\n", r.Role.Name)
	for _, line := range []struct {
		what string
		is   bool
	}{
		{"Is superuser", r.Role.Superuser},
		{"Can create DB", r.Role.CreateDB},
		{"Can create roles", r.Role.CreateRole},
		{"Bypasses RLS", r.Role.BypassRLS},
		{"Owns tables", r.Role.OwnsTables},
	} {
		fmt.Fprintf(&b, "%s: %s\n", line.what, map[bool]string{true: "True", false: "False"}[line.is])
	}
	for _, note := range r.Role.Notes() {
		fmt.Fprintf(&b, "Note: %s\n", note)
	}
	if r.Role.OK() {
		b.WriteString("Database user is properly configured for RLS\n")
		return write(w, &b)
	}
	for _, problem := range r.Role.Problems() {
		fmt.Fprintf(&b, "WARNING: %s\n", problem)
	}
	b.WriteString(createRole)
	return write(w, &b)
}

const createRole = `A role that RLS binds is created like this:
  CREATE ROLE crm_user LOGIN PASSWORD '...' NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
  GRANT USAGE ON SCHEMA public TO crm_user;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO crm_user;
  -- as the role that runs the migrations, for the tables to come:
  ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO crm_user;
`

// WriteTest prints what happened, and the verdict.
func WriteTest(w io.Writer, r TestReport) error {
	var b strings.Builder
	b.WriteString("Testing RLS...\n")
	if r.Skipped != "" {
		fmt.Fprintf(&b, "Not tested: %s\n", r.Skipped)
		return write(w, &b)
	}
	fmt.Fprintf(&b, "Organization A: %s\nOrganization B: %s\n", r.A, r.B)
	faults := 0
	for _, t := range r.Tables {
		fmt.Fprintf(&b, "%s: %s with context A, %s with context B, %s without context\n",
			t.Name, counted(t.A), counted(t.B), counted(t.None))
		for _, fault := range t.Faults {
			faults++
			fmt.Fprintf(&b, "  FAULT: %s\n", fault)
		}
	}
	if r.OK() {
		fmt.Fprintf(&b, "RLS is working: %d tables, no row seen or changed across organizations, none without context\n",
			len(r.Tables))
	} else {
		fmt.Fprintf(&b, "RLS IS NOT WORKING: %d faults\n", faults)
	}
	return write(w, &b)
}

// counted prints a number of sampled rows.
func counted(rows int) string {
	if rows == sampleSize {
		return fmt.Sprintf("%d or more", rows)
	}
	return fmt.Sprint(rows)
}

func write(w io.Writer, b *strings.Builder) error {
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
