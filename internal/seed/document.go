package seed

import (
	"context"
	"fmt"
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// papers are the demo's documents.
var papers = []struct{ title, name, text string }{
	{"Price list", "price-list.csv", "Item,Unit,Price\nStarter kit,piece,490.00\nService plan,year,1200.00\nTraining,day,950.00\n"},
	{"Terms of delivery", "terms-of-delivery.txt", "We deliver within ten working days of the order.\nComplaints are taken within two weeks of the delivery.\n"},
	{"How we write offers", "offers.txt", "Name what the customer asked for, in their words.\nOne page, one price, one date until which it holds.\n"},
}

// documents makes those of the organization, which their creators share. Where no files are kept there are none.
func (w *writer) documents(ctx context.Context) error {
	crew := w.founder.crew
	for i, p := range papers {
		w.become(crew[i%len(crew)].user)
		kept, err := keep(ctx, p.name, p.text)
		if err != nil || kept == nil {
			return err
		}
		d := &model.Document{Title: p.title, Status: model.DocumentActive, File: *kept,
			SharedToIDs: []id.Profile{crew[(i+1)%len(crew)].profile}, TeamIDs: w.teams[:i%2]}
		if _, err := store.Documents.Insert(ctx, d, patch.Set{"SharedToIDs": true, "TeamIDs": true}); err != nil {
			return fmt.Errorf("store a document: %w", err)
		}
	}
	return nil
}

// offers attaches files to the newest deals.
func (w *writer) offers(ctx context.Context) error {
	for i, deal := range w.opportunities[len(w.opportunities)-4:] {
		w.become(deal.owner.user)
		kept, err := keep(ctx, fmt.Sprintf("offer-%d.txt", i+1), "Offer for "+deal.name+"\n\nIt holds for thirty days.\n")
		if err != nil || kept == nil {
			return err
		}
		if _, err := store.Attachments.Insert(ctx, &model.Attachment{EntityType: model.OfOpportunity, EntityID: deal.id, File: *kept}, nil); err != nil {
			return fmt.Errorf("store an attachment: %w", err)
		}
	}
	return nil
}

// keep keeps a text as a file; nil where none are kept.
func keep(ctx context.Context, name, text string) (*files.Upload, error) {
	shelf := files.FromContext(ctx)
	if shelf == nil {
		return nil, nil //nolint:nilnil // there is no place for it
	}
	stored, err := shelf.Put(ctx, strings.NewReader(text), files.MaxSize)
	if err != nil {
		return nil, fmt.Errorf("keep %s: %w", name, err)
	}
	return &files.Upload{Name: name, Stored: stored}, nil
}

// complaint makes a case of the admin's, with a comment that mentions the next member.
func (w *writer) complaint(ctx context.Context) error {
	admin, colleague := w.founder.crew[0], w.founder.crew[1]
	w.become(admin.user)
	k := &model.Case{Name: "The delivery came without its manuals", Status: model.CaseAssigned, Priority: model.CaseHigh, IsActive: true,
		AccountID: &w.accounts[0].id, Shared: model.Shared{AssignedToIDs: []id.Profile{admin.profile}}}
	if _, err := store.Cases.Insert(ctx, k, patch.Set{"AccountID": true, "AssignedToIDs": true}); err != nil {
		return fmt.Errorf("store a case: %w", err)
	}
	handle, _, _ := strings.Cut(colleague.email, "@")
	c := &model.Comment{EntityType: model.OfCase, EntityID: k.ID, Comment: "@" + handle + ", was the packing list complete?"}
	list, err := keep(ctx, "packing-list.txt", "1 starter kit\n2 manuals\n")
	if err != nil {
		return err
	}
	if list != nil {
		c.Files = []files.Upload{*list}
	}
	if _, err := store.Comments.Insert(ctx, c, nil); err != nil {
		return fmt.Errorf("store a comment: %w", err)
	}
	return nil
}
