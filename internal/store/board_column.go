package store

import (
	"context"
	"regexp"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// BoardColumns are the columns of boards (domain: B.19), in an order without gaps.
var BoardColumns = new(Entity[model.BoardColumn])

var columnsOfBoard = sequence{"board_column", "board_id"}

func init() {
	*BoardColumns = Entity[model.BoardColumn]{
		Noun: "column", Resource: "boards", Parent: "board_id",
		Order:        map[string]string{"POSITION": "sort_order"},
		Default:      ByPosition,
		Read:         ofMembers("board_id"),
		Refs:         []Ref{{"BoardID", Boards}},
		Check:        checkBoardColumn,
		After:        arrangeColumns,
		BeforeDelete: leaveBoard,
	}
}

// MoveBoardColumn puts a column at another place on its board.
func MoveBoardColumn(ctx context.Context, key [16]byte, version *int, position int) (*model.BoardColumn, error) {
	if err := holdWhole(ctx, Boards, BoardColumns, key); err != nil {
		return nil, err
	}
	return BoardColumns.Modify(ctx, key, version, func(c *model.BoardColumn) (patch.Set, error) {
		c.Position = position
		return patch.Set{"Position": true}, nil
	})
}

// DeleteBoardColumn deletes an empty column.
func DeleteBoardColumn(ctx context.Context, key [16]byte) error {
	if err := holdWhole(ctx, Boards, BoardColumns, key); err != nil {
		return err
	}
	return BoardColumns.Delete(ctx, key)
}

var hexColor = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

func checkBoardColumn(ctx context.Context, c *Change[model.BoardColumn]) error {
	column := c.Row
	if err := mayArrange(ctx, c.viewer, column.BoardID); err != nil {
		return err
	}
	if c.Created() {
		if _, err := Boards.lock(ctx, column.BoardID, nil); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	if c.Created() || c.Set["Position"] {
		others, err := columnsOfBoard.others(ctx, column.OrgID, column.BoardID, column.ID)
		if err != nil {
			return err
		}
		column.Position = place(column.Position, c.Set["Position"], others)
	}
	if !hexColor.MatchString(column.Color) {
		return fault.Field("color", "must be # and six hexadecimal digits")
	}
	return nil
}

// arrangeColumns makes room where a column has come.
func arrangeColumns(ctx context.Context, c *Change[model.BoardColumn]) error {
	if c.Created() || !c.differs("Position") {
		return nil
	}
	return columnsOfBoard.open(ctx, c.Row.OrgID, c.Row.BoardID, c.Row.ID, c.Row.Position)
}

// leaveBoard refuses to delete a column with cards, and closes the gap that one leaves.
func leaveBoard(ctx context.Context, c *model.BoardColumn) error {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return err
	}
	if err := mayArrange(ctx, v, c.BoardID); err != nil {
		return err
	}
	cards, err := tasksOfColumn.others(ctx, c.OrgID, c.ID, [16]byte{})
	if err == nil && cards > 0 {
		err = fault.New(fault.Conflict, "the column has cards (%d); move or delete them first", cards)
	}
	if err != nil {
		return err
	}
	return columnsOfBoard.closeGap(ctx, c.OrgID, c.BoardID, c.ID)
}
