package resolver_test

import (
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestLeadConversion(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	lead := env.Acme.Admin.Do(t, `mutation { createLead(input: {title: "Paper", email: "m@dunder.example", firstName: "Michael",
		companyName: "Dunder", opportunityAmount: "100.5", source: EXISTING_CUSTOMER}) { lead { id } } }`, nil).Text(t, "createLead.lead.id")

	const convert = `mutation($id: ID!) { convertLead(input: {id: $id}) {
		lead { status } account { name contacts { totalCount nodes { fullName } } opportunities { nodes { name stage probability amount { amount currency } leadSource } } }
		contact { fullName account { name } } opportunity { name } } }`
	r := env.Acme.Admin.Do(t, convert, map[string]any{"id": lead})
	want := `{"convertLead":{"lead":{"status":"CONVERTED"},"account":{"name":"Dunder","contacts":{"totalCount":1,"nodes":[{"fullName":"Michael Dunder"}]},` +
		`"opportunities":{"nodes":[{"name":"Dunder - Michael","stage":"QUALIFICATION","probability":25,"amount":{"amount":"100.50","currency":"USD"},"leadSource":"EXISTING_CUSTOMER"}]}},` +
		`"contact":{"fullName":"Michael Dunder","account":{"name":"Dunder"}},"opportunity":{"name":"Dunder - Michael"}}}`
	if string(r.Data) != want {
		t.Errorf("got  %s\nwant %s", r.Data, want)
	}

	t.Run("a second conversion is refused", func(t *testing.T) {
		env.Acme.Admin.Refused(t, "CONFLICT", convert, map[string]any{"id": lead})
	})
}
