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

// printed is what is drawn anew each time, by the kind of the record: below which path, and of what. Other kinds have files.
var printed = map[string]struct {
	path string
	find func(context.Context, [16]byte) (pdf.Document, error)
}{
	"Invoice":  {"/invoices/", store.InvoiceDocument},
	"Estimate": {"/estimates/", store.EstimateDocument},
}

// link is where the viewer fetches what belongs to a record: its file, or the PDF that is drawn of it.
func (r *Resolver) link(ctx context.Context, kind string, key id.ID) (string, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return "", err
	}
	claim, until := files.Claim{Kind: kind, ID: key, Org: v.OrgID, User: v.UserID}, time.Now().Add(files.LinkLifetime)
	if p, isDrawn := printed[kind]; isDrawn {
		return p.path + key.String() + ".pdf" + r.Links.Query(claim, until), nil
	}
	return r.Links.Sign(claim, until), nil
}

// File finds the file that a link claims, in an operation of the person who is named there: they must still see its record.
func (r *Resolver) File(ctx context.Context, c files.Claim) (files.File, error) {
	return store.File(ctx, c.Kind, c.ID)
}

// Printed draws what a link claims, in such an operation too.
func (r *Resolver) Printed(ctx context.Context, c files.Claim) (files.Document, error) {
	p, isDrawn := printed[c.Kind]
	if !isDrawn { // of another path
		return files.Document{}, fault.New(fault.NotFound, "document not found")
	}
	d, err := p.find(ctx, c.ID)
	if err != nil {
		return files.Document{}, err
	}
	content, err := pdf.Render(d)
	return files.Document{Name: d.Number + ".pdf", Content: content, Modified: d.WrittenAt}, err
}
