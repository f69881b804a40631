package seed

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// cards are what stands on the demo's board, column by column.
var cards = [][]string{
	{"Choose a booth for the fair", "Print the new price list", "Invite the partners"},
	{"Write the newsletter", "Rehearse the demo"},
	{"Book the hotel"},
}

// board makes a board of everybody's, which belongs to the admin.
func (w *writer) board(ctx context.Context) error {
	w.become(w.founder.crew[0].user)
	b, err := store.Boards.Insert(ctx, &model.Board{Name: "Spring fair", Description: new("All that has to be done until the doors open.")}, nil)
	if err != nil {
		return fmt.Errorf("store a board: %w", err)
	}
	for _, p := range w.founder.crew[1:] {
		m := &model.BoardMember{BoardID: b.ID, ProfileID: p.profile, Role: model.BoardOrdinary}
		if _, err := store.BoardMembers.Insert(ctx, m, patch.Set{"BoardID": true, "ProfileID": true}); err != nil {
			return fmt.Errorf("store a member of a board: %w", err)
		}
	}
	columns, err := store.BoardColumns.List(ctx, page.Args{}, nil)
	if err != nil {
		return err
	}
	for i, column := range columns.Nodes() {
		for j, title := range cards[i] {
			c := &model.BoardTask{ColumnID: column.ID, Title: title, Priority: model.BoardTaskMedium,
				AssignedToIDs: []id.Profile{w.founder.crew[(i+j)%len(w.founder.crew)].profile}}
			if _, err := store.BoardTasks.Insert(ctx, c, patch.Set{"ColumnID": true, "AssignedToIDs": true}); err != nil {
				return fmt.Errorf("store a card: %w", err)
			}
		}
	}
	return nil
}
