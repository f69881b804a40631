package seed

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// papers makes the templates that invoices are printed by; the first is that of new ones.
func (w *writer) papers(ctx context.Context) error {
	for i, t := range []*model.InvoiceTemplate{
		{Name: "House style", IsDefault: true, PrimaryColor: "#0F766E", SecondaryColor: "#115E59", DefaultTerms: new("Payable within the terms above, without deduction."),
			FooterText: new("Thank you for doing business with " + w.name + ".")},
		{Name: "Plain", PrimaryColor: "#1F2937", SecondaryColor: "#4B5563"},
	} {
		t.Base = w.base(w.at(i, 2), w.founder.crew[0])
		if _, err := put(ctx, w, store.InvoiceTemplates, t); err != nil {
			return err
		}
	}
	return nil
}
