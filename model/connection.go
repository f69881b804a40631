package model

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
)

// Connection is one page of a list. What it tells of the whole list is computed when somebody asks for it.
type Connection[T any] struct {
	nodes  []*T
	info   page.Info
	cursor func(*T) string
	whole  Whole
}

// Edge is an item with its place.
type Edge[T any] struct {
	Cursor string
	Node   *T
}

// NewConnection makes a page of items that were fetched for a window with one item more than asked for: its presence tells
// that the list goes on. Items of a backward window come in reverse.
func NewConnection[T any](items []*T, w page.Window, cursor func(*T) string, whole Whole) *Connection[T] {
	more := len(items) > w.Size
	if more {
		items = items[:w.Size]
	}
	c := &Connection[T]{nodes: items, cursor: cursor, whole: whole}
	if w.Backward {
		for i, j := 0, len(items)-1; i < j; i, j = i+1, j-1 {
			items[i], items[j] = items[j], items[i]
		}
		c.info.HasPreviousPage, c.info.HasNextPage = more, w.Before != nil
	} else {
		c.info.HasNextPage, c.info.HasPreviousPage = more, w.After != nil
	}
	return c
}

// Nodes are the items of the page.
func (c *Connection[T]) Nodes() []*T { return c.nodes }

// Edges are the items with their cursors.
func (c *Connection[T]) Edges() []*Edge[T] {
	slab := make([]Edge[T], len(c.nodes))
	edges := make([]*Edge[T], len(c.nodes))
	for i, node := range c.nodes {
		slab[i] = Edge[T]{Cursor: c.cursor(node), Node: node}
		edges[i] = &slab[i]
	}
	return edges
}

// PageInfo tells what lies around the page.
func (c *Connection[T]) PageInfo() *page.Info {
	info := c.info
	if n := len(c.nodes); n > 0 {
		start, end := c.cursor(c.nodes[0]), c.cursor(c.nodes[n-1])
		info.StartCursor, info.EndCursor = &start, &end
	}
	return &info
}

// TotalCount counts the whole list, whatever the page.
func (c *Connection[T]) TotalCount(ctx context.Context) (int, error) { return c.whole.Count(ctx) }

// Amounts sums the whole list up, whatever the page. One statement serves this and Phases.
func (c *Connection[T]) Amounts(ctx context.Context) ([]*AmountTotal, error) {
	tallies, err := c.whole.Tally(ctx)
	return amounts(tallies), err
}
