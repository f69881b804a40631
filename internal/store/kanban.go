package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/sibling"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Boards are read whole: one statement finds the cards of all columns, one counts them, however many columns there are.

// cardOrder is the order of a column's cards.
const cardOrder = "t.kanban_place, t.created_at DESC, t.id DESC"

// deck is the records of a board.
type deck[T any] struct {
	of     *Entity[T]
	column string // tells in which column a record stands,
	values any    // by one of these: []string or [][16]byte
	texts  []string
	keys   [][16]byte
	conds  []Cond
	known  sibling.Set[T] // fields that ask for the same at the same time wait for the first
}

// lane is those in one of its columns.
type lane[T any] struct {
	*deck[T]
	at int
}

func (d *deck[T]) lane(i int) model.Lane[T] { return lane[T]{d, i} }

func (l lane[T]) Count(ctx context.Context) (int, error) {
	counts, err := once(ctx, &l.known, "count", func() (map[string]int, error) { return l.counts(ctx) })
	return counts[l.texts[l.at]], err
}

func (l lane[T]) Top(ctx context.Context, most int) ([]*T, error) {
	if most < 1 || most > page.MaxSize {
		return nil, fault.Field("first", "must be between 1 and %d", page.MaxSize)
	}
	columns := l.of.Needed(ctx, nil)
	cards, err := once(ctx, &l.known, top{most, columns}, func() (map[[16]byte][]*T, error) { return l.top(ctx, most, columns) })
	if found := cards[l.keys[l.at]]; found != nil {
		return found, err
	}
	return []*T{}, err
}

// top tells apart what is loaded for one board.
type top struct {
	most    int
	columns Columns
}

// counts counts the cards of each column.
func (d *deck[T]) counts(ctx context.Context) (map[string]int, error) {
	s, err := begin(ctx, d.of.Resource, "read")
	if err != nil {
		return nil, err
	}
	with, from := d.of.whole(s, d.conds...)
	s.plan(with, d.conds)
	var rows []struct {
		Value string `bun:"value"`
		N     int    `bun:"n"`
	}
	column := "t." + d.column
	if err := s.query(ctx, &rows, with+"SELECT "+column+"::text AS value, count(*) AS n FROM "+from+" AND "+column+" = ANY("+s.arg(d.values)+") GROUP BY "+column); err != nil {
		return nil, fmt.Errorf("count the cards of %ss: %w", d.of.Noun, err)
	}
	out := make(map[string]int, len(rows))
	for _, r := range rows {
		out[r.Value] = r.N
	}
	return out, nil
}

// top finds the first cards of each column. Each column looks for its own in their order, unless what meets the conditions and
// is in sight is little: that is read once and then dealt out. Which it is, is found out by the statement, as for lists
// (sight.go).
func (d *deck[T]) top(ctx context.Context, n int, columns Columns) (map[[16]byte][]*T, error) {
	e := d.of
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return nil, err
	}
	with, places := e.places(s, d.conds...)
	s.plan(with, d.conds)
	column, values := "t."+d.column, s.arg(d.values)+"::text[]"
	if d.column == "stage_id" {
		values = strings.Replace(values, "text", "uuid", 1)
	}
	tail := " ORDER BY " + cardOrder + " LIMIT " + most(n)
	text := "SELECT t.* FROM " + places[0] + " AND " + column + " = p.value" + tail
	if s.anew {
		var all []string
		for _, place := range places {
			all = append(all, "SELECT t.* FROM "+place+" AND "+column+" = ANY("+values+")")
		}
		if with == "" {
			with = "WITH "
		} else {
			with += ", "
		}
		with += "met AS MATERIALIZED (SELECT * FROM ((" + strings.Join(all, ") UNION ALL (") + ")) AS t LIMIT " + strconv.Itoa(mostSeen+1) + ")" +
			", scarce AS MATERIALIZED (SELECT count(*) <= " + strconv.Itoa(mostSeen) + " AS so FROM met) "
		text = "SELECT * FROM ((SELECT t.* FROM " + places[0] + " AND NOT (SELECT so FROM scarce) AND " + column + " = p.value" + tail +
			") UNION ALL (SELECT t.* FROM met AS t WHERE (SELECT so FROM scarce) AND " + column + " = p.value" + tail + ")) AS t" + tail
	}
	rows, err := e.read(ctx, s, len(d.keys)*min(n, 4), with+"SELECT p.key AS parent_key, "+e.listed(columns)+
		" FROM unnest("+s.ids(d.keys)+", (SELECT "+values+")) AS p(key, value) CROSS JOIN LATERAL ("+text+") AS t")
	if err != nil {
		return nil, err
	}
	out, shown := make(map[[16]byte][]*T, len(d.keys)), make([]*T, 0, len(rows))
	for _, r := range rows {
		key := parentOf(r)
		if len(out[key]) < n {
			out[key], shown = append(out[key], r), append(shown, r)
		}
	}
	sibling.Join(shown)
	return out, nil
}

// phase is a status as a column.
type phase[V, K ~string] struct {
	value       V
	name, color string
	kind        K
}

// byPhase makes the board whose columns are statuses, or the stages of deals.
func byPhase[T, S any, V, K ~string](e *Entity[T], phases []phase[V, K], conds []Cond) []*model.KanbanColumn[T, S, V, K] {
	d := &deck[T]{of: e, column: e.Kanban.Column, conds: conds}
	out := make([]*model.KanbanColumn[T, S, V, K], len(phases))
	for i, p := range phases {
		out[i] = &model.KanbanColumn[T, S, V, K]{ColumnID: model.GraphQLName(string(p.value)), Name: p.name, Color: p.color, Position: i,
			StageType: p.kind, Status: &p.value, Lane: d.lane(i)}
		d.texts, d.keys = append(d.texts, string(p.value)), append(d.keys, [16]byte{15: byte(i)})
	}
	d.values = d.texts
	return out
}

// Board is the records as cards, in a column for each status, or for each stage of a pipeline.
func (k Pipelined[T, P, S, V, K]) Board(ctx context.Context, mode *model.KanbanMode, pipeline *id.ID, conds []Cond) (*model.Kanban[P, model.KanbanColumn[T, S, V, K]], error) {
	out := &model.Kanban[P, model.KanbanColumn[T, S, V, K]]{Columns: []*model.KanbanColumn[T, S, V, K]{}}
	switch byStatus := mode != nil && *mode == model.KanbanByStatus; {
	case byStatus && pipeline != nil:
		return nil, fault.Field("pipelineId", "the columns are statuses; leave it out, or ask for the mode PIPELINE")
	case byStatus, mode == nil && pipeline == nil:
		out.Columns = byPhase[T, S](k.records, k.phases, conds)
		return out, nil
	}
	p, err := k.shown(ctx, pipeline)
	if p == nil || err != nil {
		return out, err
	}
	key := k.pipelines.key(p)
	stages, err := k.stages.AllOf(ctx, [][16]byte{key}, "", k.stages.Parts())
	if err != nil {
		return nil, err
	}
	d := &deck[T]{of: k.records, column: "stage_id", conds: conds}
	for i, row := range stages[key] {
		s := stageOf(row)
		kind, status := k.typed(row)
		out.Columns = append(out.Columns, &model.KanbanColumn[T, S, V, K]{ColumnID: s.ID.String(), Name: s.Name, Color: s.Color, Position: s.Position,
			StageType: kind, Stage: row, Status: status, WipLimit: s.WipLimit, Lane: d.lane(i)})
		d.texts, d.keys = append(d.texts, s.ID.String()), append(d.keys, [16]byte(s.ID))
	}
	d.values, out.Pipeline = d.keys, p
	return out, nil
}

// shown is the pipeline that is asked for, or the default one; nil when there is none.
func (k Pipelined[T, P, S, V, K]) shown(ctx context.Context, key *id.ID) (*P, error) {
	if key != nil {
		found, err := k.pipelines.ByIDs(ctx, [][16]byte{*key}, "")
		if err == nil && found[*key] == nil {
			err = fault.Field("pipelineId", "%s not found", k.pipelines.Noun)
		}
		return found[*key], err
	}
	s, err := begin(ctx, k.pipelines.Resource, "read")
	if err != nil {
		return nil, err
	}
	rows, err := k.pipelines.run(ctx, s, 1, "SELECT "+k.pipelines.columns()+" FROM "+k.pipelines.from(s, Is("is_default", new(true))))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}
