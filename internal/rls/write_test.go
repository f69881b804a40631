package rls_test

import (
	"io"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/rls"
)

// printed collects what one of the Write functions writes.
func printed[R any](t *testing.T, write func(io.Writer, R) error, r R) string {
	t.Helper()
	var b strings.Builder
	if err := write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWriteStatus(t *testing.T) {
	t.Parallel()
	got := printed(t, rls.WriteStatus, rls.Report{
		Role: rls.Role{Name: "crm_user"},
		Tables: []rls.Table{
			{Name: "accounts", Enabled: true, Forced: true, InsertCheck: true},
			{Name: "commentFiles", Isolation: true, InsertCheck: true},
			{Name: "lead", Enabled: true, Forced: true, Isolation: true, InsertCheck: true},
			{Name: "profile", Enabled: true, Forced: true, Isolation: true, InsertCheck: true, Lookup: true,
				Exception: "a reason"},
		},
		Bypasses: []string{"view all_leads is open"},
	})
	const want = `RLS Status:
Database user "crm_user" is not a superuser - RLS will be enforced
accounts: ENABLED (forced), policy org_isolation missing
commentFiles: disabled
lead: ENABLED (forced)
Exceptions (read before the organization is known):
profile: ENABLED (forced), policy own_memberships: a reason
WARNING: view all_leads is open
Enabled: 3, Disabled: 1
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWriteVerifyUser(t *testing.T) {
	t.Parallel()

	t.Run("an ordinary role is properly configured", func(t *testing.T) {
		t.Parallel()
		got := printed(t, rls.WriteVerifyUser, rls.Report{Role: rls.Role{Name: "crm_user"}})
		const want = `Verifying database user...
Current user: crm_user
Is superuser: False
Can create DB: False
Can create roles: False
Bypasses RLS: False
Owns tables: False
Database user is properly configured for RLS
`
		if got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})

	t.Run("for a superuser it shows how to make a role", func(t *testing.T) {
		t.Parallel()
		got := printed(t, rls.WriteVerifyUser, rls.Report{Role: rls.Role{Name: "postgres", Superuser: true}})
		for _, want := range []string{"Is superuser: True", "WARNING: database user \"postgres\" is a superuser", "CREATE ROLE crm_user"} {
			if !strings.Contains(got, want) {
				t.Errorf("%q is not in\n%s", want, got)
			}
		}
		if strings.Contains(got, "properly configured") {
			t.Errorf("got\n%s", got)
		}
	})
}

func TestWriteTest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		report rls.TestReport
		want   string
	}{
		{"a trial that did not take place", rls.TestReport{Skipped: "need at least 2 organizations with data"},
			"Testing RLS...\nNot tested: need at least 2 organizations with data\n"},
		{"a trial that passed", rls.TestReport{A: "a", B: "b", Tables: []rls.TestTable{{Name: "lead", A: 2, B: 1000}}},
			"Testing RLS...\nOrganization A: a\nOrganization B: b\n" +
				"lead: 2 with context A, 1000 or more with context B, 0 without context\n" +
				"RLS is working: 1 tables, no row seen or changed across organizations, none without context\n"},
		{"a trial that failed", rls.TestReport{A: "a", B: "b", Tables: []rls.TestTable{{Name: "lead", Faults: []string{"a leak"}}}},
			"Testing RLS...\nOrganization A: a\nOrganization B: b\n" +
				"lead: 0 with context A, 0 with context B, 0 without context\n  FAULT: a leak\nRLS IS NOT WORKING: 1 faults\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := printed(t, rls.WriteTest, tt.report); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}
