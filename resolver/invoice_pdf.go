package resolver

import (
	"context"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/pdf"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// ofInvoice is what links to the PDF of an invoice are about.
const ofInvoice = "Invoice"

// documentURL is where the viewer fetches the PDF of a record.
func (r *Resolver) documentURL(ctx context.Context, path, kind string, key id.ID) (string, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return "", err
	}
	claim := files.Claim{Kind: kind, ID: key, Org: v.OrgID, User: v.UserID}
	return path + key.String() + ".pdf" + r.Links.Query(claim, time.Now().Add(files.LinkLifetime)), nil
}

// Draw draws what a link claims, in an operation of the person who is named there: they must still see the record.
func (r *Resolver) Draw(ctx context.Context, c files.Claim) (files.Document, error) {
	if c.Kind != ofInvoice { // of another path
		return files.Document{}, fault.New(fault.NotFound, "invoice not found")
	}
	d, err := store.InvoiceDocument(ctx, c.ID)
	if err != nil {
		return files.Document{}, err
	}
	content, err := pdf.Render(d)
	return files.Document{Name: d.Number + ".pdf", Content: content, Modified: d.WrittenAt}, err
}
