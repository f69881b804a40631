package seed

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

// locale is where an organization's world is: its currency, its clock, and how addresses look there.
type locale struct {
	currency string
	timezone string
	streets  []string // with room for the number
	places   []place
	office   office
}

// office is what an organization says of itself.
type office struct {
	CompanyName, AddressLine, City, State, Postcode, Country, Phone, Email, Website, TaxID, Vertical string
	Terminology                                                                                      any
}

// settings tells the organization's address, before anything is written that names it.
func (w *writer) settings(ctx context.Context) error {
	w.become(w.founder.crew[0].user)
	if _, err := store.UpdateOrganization(ctx, nil, w.founder.office); err != nil {
		return fmt.Errorf("tell the organization's address: %w", err)
	}
	return nil
}

// place is a town. Its numbers are from the block that is kept for fiction; the last two digits are free.
type place struct{ city, state, postcode, country, phone string }

var american = locale{
	currency: "USD", timezone: "America/New_York",
	office: office{CompanyName: "Acme Paper, Inc.", AddressLine: "350 Harbor Road", City: "New York", State: "NY", Postcode: "10001", Country: "US", Phone: "+1 212 555 0100",
		Email: "office@acme.example", Website: "https://www.acme.example", TaxID: "12-3456789", Vertical: "Office supplies"},
	streets: []string{"%d Maple Street", "%d Oak Avenue", "%d Harbor Road", "%d Mill Lane", "%d Station Plaza", "%d Orchard Drive"},
	places: []place{
		{"New York", "NY", "10001", "US", "+1 212 555 01%02d"}, {"Boston", "MA", "02108", "US", "+1 617 555 01%02d"},
		{"Chicago", "IL", "60601", "US", "+1 312 555 01%02d"}, {"Denver", "CO", "80202", "US", "+1 303 555 01%02d"},
		{"Austin", "TX", "78701", "US", "+1 512 555 01%02d"}, {"Seattle", "WA", "98101", "US", "+1 206 555 01%02d"},
		{"Atlanta", "GA", "30303", "US", "+1 404 555 01%02d"}, {"Portland", "OR", "97201", "US", "+1 503 555 01%02d"},
	},
}

var european = locale{
	currency: "EUR", timezone: "Europe/Berlin",
	office: office{CompanyName: "Globex Papierwerke GmbH", AddressLine: "Hafenweg 12", City: "Hamburg", State: "Hamburg", Postcode: "20095", Country: "DE", Phone: "+49 40 66969 000",
		Email: "kontakt@globex.example", Website: "https://www.globex.example", TaxID: "DE123456789", Vertical: "Paper mill",
		Terminology: map[string]any{"lead.singular": "Prospect", "lead.plural": "Prospects", "case.singular": "Complaint", "case.plural": "Complaints"}},
	streets: []string{"Lindenstraße %d", "Bahnhofstraße %d", "Am Markt %d", "Hafenweg %d", "Gartenstraße %d", "Mühlengasse %d"},
	places: []place{
		{"Berlin", "Berlin", "10115", "DE", "+49 30 23125 0%02d"}, {"Hamburg", "Hamburg", "20095", "DE", "+49 40 66969 0%02d"},
		{"Köln", "Nordrhein-Westfalen", "50667", "DE", "+49 221 4710 0%02d"}, {"Frankfurt am Main", "Hessen", "60311", "DE", "+49 69 90009 0%02d"},
		{"München", "Bayern", "80331", "DE", "+49 89 99998 0%02d"},
	},
}
