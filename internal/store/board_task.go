package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// BoardTasks are the cards of boards (domain: B.20), in each column in an order without gaps.
var BoardTasks = new(Entity[model.BoardTask])

var tasksOfColumn = sequence{"board_task", "column_id"}

func init() {
	*BoardTasks = Entity[model.BoardTask]{
		Noun: "card", Resource: "boards", Parent: "board_id",
		Order: map[string]string{"CREATED_AT": "created_at", "DUE_DATE": "due_date", "POSITION": "sort_order"},
		Read:  ofMembers("board_id"),
		Links: []Link{assigneesOf("board_task", "board_task_id")},
		Refs:  []Ref{{"ColumnID", BoardColumns}, {"AccountID", Accounts}, {"ContactID", Contacts}, {"OpportunityID", Opportunities}},
		Fresh: func(t *model.BoardTask) { t.Priority = model.BoardTaskMedium },
		Check: checkBoardTask,
		After: arrangeCards,
		BeforeDelete: func(ctx context.Context, t *model.BoardTask) error {
			return tasksOfColumn.closeGap(ctx, t.OrgID, t.ColumnID, t.ID)
		},
	}
}

// MoveBoardTask puts a card into a column of its board, at a place or at the end.
func MoveBoardTask(ctx context.Context, key [16]byte, version *int, column id.ID, position *int) (*model.BoardTask, error) {
	if err := holdWhole(ctx, Boards, BoardTasks, key); err != nil {
		return nil, err
	}
	return BoardTasks.Modify(ctx, key, version, func(t *model.BoardTask) (patch.Set, error) {
		t.ColumnID = column
		if position == nil {
			return patch.Set{"ColumnID": true}, nil
		}
		t.Position = *position
		return patch.Set{"ColumnID": true, "Position": true}, nil
	})
}

// DeleteBoardTask deletes a card.
func DeleteBoardTask(ctx context.Context, key [16]byte) error {
	if err := holdWhole(ctx, Boards, BoardTasks, key); err != nil {
		return err
	}
	return BoardTasks.Delete(ctx, key)
}

// IsCompleted holds for cards that stand where cards are completed.
func IsCompleted(_ *statement, t string) string { return t + ".completed_at IS NOT NULL" }

func checkBoardTask(ctx context.Context, c *Change[model.BoardTask]) error {
	if c.Created() {
		if err := holdWhole(ctx, Boards, BoardColumns, c.Row.ColumnID); err != nil {
			return err
		}
	}
	if c.Created() || c.Set["ColumnID"] {
		if err := enterColumn(ctx, c); err != nil {
			return err
		}
	}
	return assigneesAreMembers(ctx, c)
}

// enterColumn finds the card its place in a column that takes it. Who comes into the last of several columns is completed.
func enterColumn(ctx context.Context, c *Change[model.BoardTask]) error {
	t := c.Row
	type entered struct {
		BoardID id.ID `bun:"board_id"`
		Limit   *int  `bun:"wip_limit"`
		IsLast  bool  `bun:"is_last"`
	}
	column, err := one[entered](ctx, `SELECT c.board_id, c.wip_limit, c.sort_order > 0 AND NOT EXISTS (
		SELECT FROM board_column AS l WHERE l.org_id = $1 AND l.board_id = c.board_id AND l.sort_order > c.sort_order) AS is_last
		FROM board_column AS c JOIN board_member AS m ON m.org_id = $1 AND m.board_id = c.board_id AND m.profile_id = $3
		WHERE c.org_id = $1 AND c.id = $2`, [16]byte(c.viewer.OrgID), [16]byte(t.ColumnID), [16]byte(c.viewer.ProfileID))
	if err != nil {
		return fmt.Errorf("look at the column: %w", err)
	}
	if column == nil { // to who is no member it is refused as an id of nothing
		return nil
	}
	enters := c.Created() || c.Before.ColumnID != t.ColumnID
	switch {
	case c.Created():
		t.BoardID = column.BoardID
	case t.BoardID != column.BoardID:
		return fault.Field("columnId", "column not found") // a card never leaves its board
	}
	others, err := tasksOfColumn.others(ctx, t.OrgID, t.ColumnID, t.ID)
	if err != nil {
		return err
	}
	if enters && column.Limit != nil && others >= *column.Limit {
		return conflictOn("columnId", "the column takes at most %d cards and has %d", *column.Limit, others)
	}
	t.Position = place(t.Position, c.Set["Position"], others)
	if enters {
		t.CompletedAt = nil
		if now := tenant.Now(ctx); column.IsLast {
			t.CompletedAt = &now
		}
	}
	return nil
}

// assigneesAreMembers refuses members of the organization who are not on the board; who is neither is refused already.
func assigneesAreMembers(ctx context.Context, c *Change[model.BoardTask]) error {
	for _, l := range c.links {
		if len(l.added) == 0 {
			continue
		}
		var strangers int
		err := tenant.Select(ctx, &strangers, `SELECT count(*) FROM unnest($3::uuid[]) AS a(id)
			JOIN profile AS p ON p.org_id = $1 AND p.id = a.id AND p.is_active
			LEFT JOIN board_member AS m ON m.org_id = $1 AND m.board_id = $2 AND m.profile_id = p.id
			WHERE m.id IS NULL`, [16]byte(c.viewer.OrgID), [16]byte(c.Row.BoardID), l.added)
		if err != nil {
			return fmt.Errorf("look whether assignees are members: %w", err)
		}
		if strangers > 0 {
			return fault.Field(spelling(l.Field), "must be members of the board")
		}
	}
	return nil
}

// arrangeCards makes room where a card has come and closes the gap that it has left.
func arrangeCards(ctx context.Context, c *Change[model.BoardTask]) error {
	t := c.Row
	left := !c.Created() && c.Before.ColumnID != t.ColumnID
	if !c.Created() && !left && !c.differs("Position") {
		return nil
	}
	if err := tasksOfColumn.open(ctx, t.OrgID, t.ColumnID, t.ID, t.Position); err != nil || !left {
		return err
	}
	return tasksOfColumn.closeGap(ctx, t.OrgID, c.Before.ColumnID, t.ID)
}
