package store

import (
	"context"
	"fmt"
	"math"
	"regexp"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// BoardColumns are the columns of boards (domain: B.19), in an order without gaps.
var BoardColumns = new(Entity[model.BoardColumn])

func init() {
	*BoardColumns = Entity[model.BoardColumn]{
		Noun: "column", Resource: "boards",
		Order:        map[string]string{"POSITION": "sort_order"},
		Default:      page.Order{Field: "POSITION", Direction: "ASC"},
		Read:         ofMembers("board_id"),
		Refs:         []Ref{{"BoardID", Boards}},
		Check:        checkBoardColumn,
		After:        arrangeColumns,
		BeforeDelete: keepCards,
	}
}

// MoveBoardColumn puts a column at another place on its board.
func MoveBoardColumn(ctx context.Context, key [16]byte, version *int, position int) (*model.BoardColumn, error) {
	if _, err := holding(ctx, BoardColumns, key); err != nil {
		return nil, err
	}
	return BoardColumns.Modify(ctx, key, version, func(c *model.BoardColumn) (patch.Set, error) {
		c.Position = position
		return patch.Set{"Position": true}, nil
	})
}

// DeleteBoardColumn deletes an empty column.
func DeleteBoardColumn(ctx context.Context, key [16]byte) error {
	v, err := holding(ctx, BoardColumns, key)
	if err != nil {
		return err
	}
	c, err := BoardColumns.lock(ctx, key, BoardColumns.Read.Row)
	if err != nil {
		return err
	}
	if err := BoardColumns.Delete(ctx, key); err != nil {
		return err
	}
	return columnsOfBoard.closeGap(ctx, v, c.BoardID, key)
}

var hexColor = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

func checkBoardColumn(ctx context.Context, c *Change[model.BoardColumn]) error {
	column := c.Row
	if err := mayArrange(ctx, c.viewer, column.BoardID); err != nil {
		return err
	}
	if c.Created() {
		if err := holdBoard(ctx, c.viewer, Boards.name(), column.BoardID); err != nil {
			return err
		}
	}
	if c.Created() || c.Set["Position"] {
		others, err := columnsOfBoard.others(ctx, c.viewer, column.BoardID, column.ID)
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
	return columnsOfBoard.open(ctx, c.viewer, c.Row.BoardID, c.Row.ID, c.Row.Position)
}

func keepCards(ctx context.Context, c *model.BoardColumn) error {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return err
	}
	if err := mayArrange(ctx, v, c.BoardID); err != nil {
		return err
	}
	cards, err := tasksOfColumn.others(ctx, v, c.ID, [16]byte{})
	if err == nil && cards > 0 {
		err = fault.New(fault.Conflict, "the column has cards (%d); move or delete them first", cards)
	}
	return err
}

// sequence is rows in an order without gaps below a parent. The parent, or its board, is held by whoever changes it.
type sequence struct{ table, parent string }

var (
	columnsOfBoard = sequence{"board_column", "board_id"}
	tasksOfColumn  = sequence{"board_task", "column_id"}
)

// others counts the rows besides one.
func (q sequence) others(ctx context.Context, v *tenant.Viewer, parent, row [16]byte) (n int, err error) {
	err = tenant.Select(ctx, &n, "SELECT count(*) FROM "+q.table+" WHERE org_id = $1 AND "+q.parent+" = $2 AND id <> $3",
		[16]byte(v.OrgID), parent, row)
	if err != nil {
		return 0, fmt.Errorf("count %s: %w", q.table, err)
	}
	return n, nil
}

// place is where a row goes among others: where it was wanted, and not behind the end.
func place(wanted int, given bool, others int) int {
	if !given {
		return others
	}
	return min(wanted, others)
}

// open numbers the rows besides one anew, so that its place is free. That another moved is no change of theirs.
func (q sequence) open(ctx context.Context, v *tenant.Viewer, parent, row [16]byte, place int) error {
	_, err := tenant.Exec(ctx, "UPDATE "+q.table+" AS t SET sort_order = o.place FROM ("+
		"SELECT id, CASE WHEN n < $4 THEN n ELSE n + 1 END AS place FROM ("+
		"SELECT s.id, row_number() OVER (ORDER BY s.sort_order, s.id) - 1 AS n FROM "+q.table+" AS s WHERE s.org_id = $1 AND s."+q.parent+" = $2 AND s.id <> $3"+
		") AS numbered) AS o WHERE t.org_id = $1 AND t.id = o.id AND t.sort_order <> o.place",
		[16]byte(v.OrgID), parent, row, place)
	if err != nil {
		return fmt.Errorf("number %s: %w", q.table, err)
	}
	return nil
}

// closeGap numbers the rows that one has left.
func (q sequence) closeGap(ctx context.Context, v *tenant.Viewer, parent, row [16]byte) error {
	return q.open(ctx, v, parent, row, math.MaxInt32)
}
