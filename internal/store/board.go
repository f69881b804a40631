package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Boards are cards in columns (domain: B.17). What is on a board has the board's scopes, and is in nobody's timeline.
var Boards = new(Entity[model.Board])

func init() {
	*Boards = Entity[model.Board]{
		Noun: "board", Resource: "boards",
		Order:        map[string]string{"CREATED_AT": "created_at", "NAME": "name"},
		Read:         ofMembers("id"),
		Check:        checkBoard,
		After:        furnishBoard,
		BeforeDelete: keepOthersBoard,
	}
}

// ofMembers shows what belongs to a board to the board's members. Admins of the organization are no exception.
func ofMembers(column string) Sight {
	return Sight{Row: func(s *statement, t string) string {
		return t + "." + column + " = ANY(ARRAY(SELECT h.board_id FROM board_member AS h WHERE h.org_id = $1 AND h.profile_id = " + s.profile() + "))"
	}}
}

// firstColumns are those of a new board.
var firstColumns = []struct{ name, color string }{{"To Do", "#EF4444"}, {"In Progress", "#F59E0B"}, {"Done", "#10B981"}}

func checkBoard(ctx context.Context, c *Change[model.Board]) error {
	if c.Created() {
		c.Row.OwnerID = c.viewer.ProfileID
		return nil
	}
	return mayArrange(ctx, c.viewer, c.Row.ID)
}

// furnishBoard gives a new board its owner and its columns.
func furnishBoard(ctx context.Context, c *Change[model.Board]) error {
	if !c.Created() {
		return nil
	}
	owner := &model.BoardMember{BoardID: c.Row.ID, ProfileID: c.Row.OwnerID, Role: model.BoardOwner}
	stamp(ctx, c.viewer, &owner.Base)
	if err := BoardMembers.insertRow(ctx, owner); err != nil {
		return err
	}
	columns := make([]*model.BoardColumn, len(firstColumns))
	for i, first := range firstColumns {
		columns[i] = &model.BoardColumn{BoardID: c.Row.ID, Name: first.name, Color: first.color, Position: i}
		stamp(ctx, c.viewer, &columns[i].Base)
	}
	return BoardColumns.insertRows(ctx, c.viewer, columns)
}

func keepOthersBoard(ctx context.Context, b *model.Board) error {
	v, err := tenant.ViewerFrom(ctx)
	if err == nil && b.OwnerID != v.ProfileID {
		err = fault.New(fault.Forbidden, "only its owner may delete a board")
	}
	return err
}

// boardRole is what the viewer is on a board, empty when they are no member of it.
func boardRole(ctx context.Context, v *tenant.Viewer, board [16]byte) (model.BoardRole, error) {
	role, err := one[model.BoardRole](ctx, "SELECT role FROM board_member WHERE org_id = $1 AND board_id = $2 AND profile_id = $3",
		[16]byte(v.OrgID), board, [16]byte(v.ProfileID))
	if err != nil {
		return "", fmt.Errorf("look for the role on the board: %w", err)
	}
	if role == nil {
		return "", nil
	}
	return *role, nil
}

// mayArrange refuses those members of a board who only work with cards. To who is none the board is not there, which is said
// elsewhere.
func mayArrange(ctx context.Context, v *tenant.Viewer, board [16]byte) error {
	role, err := boardRole(ctx, v, board)
	if err == nil && role == model.BoardOrdinary {
		err = fault.New(fault.Forbidden, "only the board's owner and its admins may do this")
	}
	return err
}
