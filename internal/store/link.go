package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Link is a many-to-many relation: a field of the model with the wanted ids, and the join table that keeps them.
type Link struct {
	Field  string // "TagIDs"
	Table  string // "lead_tags"
	Left   string // the column of this record, "lead_id"
	Right  string // the column of the other, "tag_id"
	To     target
	Assign bool // its changes are told as ASSIGN
}

// mostLinks bounds a list of ids in an input.
const mostLinks = 200

// Relation reads the link from its left side.
func (l Link) Relation() Relation { return Relation{Table: l.Table, Parent: l.Left, Child: l.Right} }

// Reverse reads the link from its right side.
func (l Link) Reverse() Relation { return Relation{Table: l.Table, Parent: l.Right, Child: l.Left} }

// Link finds one of the entity's links by its field. Naming one that is not declared is a mistake in the program.
func (e *Entity[T]) Link(field string) Link {
	for _, l := range e.Links {
		if l.Field == field {
			return l
		}
	}
	panic("store: " + e.Noun + " has no link " + field)
}

// The three links of every record that is assigned and shared.
func assigneesOf(table, column string) Link {
	return Link{Field: "AssignedToIDs", Table: table + "_assigned_to", Left: column, Right: "profile_id", To: Profiles, Assign: true}
}

func teamsOf(table, column string) Link {
	return Link{Field: "TeamIDs", Table: table + "_teams", Left: column, Right: "team_id", To: Teams, Assign: true}
}

func tagsOf(table, column string) Link {
	return Link{Field: "TagIDs", Table: table + "_tags", Left: column, Right: "tag_id", To: Tags}
}

func contactsOf(table, column string) Link {
	return Link{Field: "ContactIDs", Table: table + "_contacts", Left: column, Right: "contact_id", To: Contacts}
}

// target is an entity that an id in an input may name.
type target interface {
	// pick gives those ids that the viewer may refer to, seen those that they see: suspended members too.
	pick(ctx context.Context, ids [][16]byte) (map[[16]byte]bool, error)
	seen(ctx context.Context, ids [][16]byte) (map[[16]byte]bool, error)
	noun() string
}

func (e *Entity[T]) noun() string { return e.Noun }

func (e *Entity[T]) pick(ctx context.Context, ids [][16]byte) (map[[16]byte]bool, error) {
	if known, ok := ctx.Value(pickedKey{}).(picked); ok {
		return known.of(ctx, e, ids)
	}
	return e.among(ctx, ids, e.Pickable)
}

func (e *Entity[T]) seen(ctx context.Context, ids [][16]byte) (map[[16]byte]bool, error) {
	return e.among(ctx, ids, nil)
}

func (e *Entity[T]) among(ctx context.Context, ids [][16]byte, which Cond) (map[[16]byte]bool, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	s, err := begin(ctx, "", "") // a writer may name what they may see, whatever the scopes of their token are for reading
	if err != nil {
		return nil, err
	}
	text := "SELECT * FROM " + e.from(s, which, func(_ *statement, t string) string { return t + ".id = p.id" }) + " OFFSET 0"
	if which != nil && e.Kept { // no more than the foreign key of what is written will ask for
		text += " FOR KEY SHARE"
	}
	var found []id.ID
	if err := s.query(ctx, &found, "SELECT t.id FROM "+forEach(s.ids(ids), text)); err != nil {
		return nil, fmt.Errorf("look up %s: %w", e.Noun, err)
	}
	return setOf(found), nil
}

// checkRefs refuses ids that name nothing the writer may see. The answer is the same whatever the reason.
func (e *Entity[T]) checkRefs(ctx context.Context, c *Change[T], faults *fault.List) error {
	v := reflect.ValueOf(c.Row).Elem()
	for _, ref := range e.Refs {
		field := v.FieldByName(ref.Field)
		if !c.Set[ref.Field] {
			continue
		}
		if field.Kind() == reflect.Pointer {
			if field.IsNil() {
				continue
			}
			field = field.Elem()
		}
		key := field.Convert(uuidType).Interface().([16]byte)
		found, err := ref.To.pick(ctx, [][16]byte{key})
		if err != nil {
			return err
		}
		if !found[key] {
			faults.Add(spelling(ref.Field), "%s not found", ref.To.noun())
		}
	}
	return nil
}

// wanted gives the ids that a change asks a link to have; ok is false when it does not speak of the link.
func (l Link) wanted(row any, set map[string]bool) (ids [][16]byte, ok bool) {
	if !set[l.Field] {
		return nil, false
	}
	ids, _ = bindable(reflect.ValueOf(row).Elem().FieldByName(l.Field).Interface()).([][16]byte)
	return ids, true
}

// checkLinks refuses ids in links that name nothing the writer may see. Ids that are linked already stay valid:
// a suspended member remains on old records. What the writer does not see is not theirs to take away: it stays.
func (e *Entity[T]) checkLinks(ctx context.Context, c *Change[T], faults *fault.List) error {
	for _, l := range e.Links {
		ids, ok := l.wanted(c.Row, c.Set)
		if !ok {
			continue
		}
		if len(ids) > mostLinks {
			faults.Add(spelling(l.Field), "at most %d ids", mostLinks)
			continue
		}
		had, err := e.linked(ctx, l, c)
		if err != nil {
			return err
		}
		change := linkChange{Link: l, removed: without(had, ids), added: without(ids, had)}
		seen, err := l.To.seen(ctx, change.removed)
		if err != nil {
			return err
		}
		change.removed = slices.DeleteFunc(change.removed, func(id [16]byte) bool { return !seen[id] })
		found, err := l.To.pick(ctx, change.added)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(change.added, func(id [16]byte) bool { return !found[id] }) {
			faults.Add(spelling(l.Field), "%s not found", l.To.noun())
		}
		if len(change.added)+len(change.removed) > 0 {
			c.links = append(c.links, change)
		}
	}
	return nil
}

type linkChange struct {
	Link
	removed, added [][16]byte
}

// linked gives the ids that a link has.
func (e *Entity[T]) linked(ctx context.Context, l Link, c *Change[T]) ([][16]byte, error) {
	if c.Before == nil {
		return nil, nil
	}
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	var ids []id.ID
	err = tenant.Select(ctx, &ids, "SELECT "+l.Right+" FROM "+l.Table+" WHERE org_id = $1 AND "+l.Left+" = $2",
		[16]byte(v.OrgID), e.key(c.Before))
	if err != nil {
		return nil, fmt.Errorf("select %s: %w", l.Table, err)
	}
	out, _ := bindable(ids).([][16]byte)
	return out, nil
}

// writeLinks stores what checkLinks found to change.
func (e *Entity[T]) writeLinks(ctx context.Context, c *Change[T]) error {
	for _, l := range c.links {
		if err := l.write(ctx, c.viewer, e.key(c.Row)); err != nil {
			return err
		}
	}
	return nil
}

func (l linkChange) write(ctx context.Context, v *tenant.Viewer, left [16]byte) error {
	org := [16]byte(v.OrgID)
	if len(l.removed) > 0 {
		if _, err := tenant.Exec(ctx, "DELETE FROM "+l.Table+" WHERE org_id = $1 AND "+l.Left+" = $2 AND "+l.Right+" = ANY($3)",
			org, left, l.removed); err != nil {
			return fmt.Errorf("delete from %s: %w", l.Table, err)
		}
	}
	return l.add(ctx, v, left, l.added...)
}

// add connects a record with others; those that are connected already stay.
func (l Link) add(ctx context.Context, v *tenant.Viewer, left [16]byte, right ...[16]byte) error {
	if len(right) == 0 {
		return nil
	}
	if _, err := tenant.Exec(ctx, "INSERT INTO "+l.Table+" (org_id, "+l.Left+", "+l.Right+
		") SELECT $1, $2, unnest($3::uuid[]) ON CONFLICT DO NOTHING", [16]byte(v.OrgID), left, right); err != nil {
		return fmt.Errorf("insert into %s: %w", l.Table, err)
	}
	return nil
}

// addLater is add for a record that was written in this operation and refers to the other itself, so that both stay.
func (l Link) addLater(ctx context.Context, v *tenant.Viewer, left, right [16]byte) error {
	return tenant.Later(ctx, "INSERT INTO "+l.Table+" (org_id, "+l.Left+", "+l.Right+") VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
		[16]byte(v.OrgID), left, right)
}

// without gives the ids of a that are not in b.
func without(a, b [][16]byte) [][16]byte {
	in := setOf(b)
	var out [][16]byte
	for _, id := range a {
		if !in[id] {
			out = append(out, id)
		}
	}
	return out
}

func setOf[T id.Any](ids []T) map[[16]byte]bool {
	in := make(map[[16]byte]bool, len(ids))
	for _, id := range ids {
		in[id] = true
	}
	return in
}

// figure is a number that belongs to an id.
type figure struct {
	ID id.ID `bun:"id"`
	N  int   `bun:"n"`
}

func figuresOf(rows []figure) map[[16]byte]int {
	out := make(map[[16]byte]int, len(rows))
	for _, r := range rows {
		out[r.ID] = r.N
	}
	return out
}

// linkedTo counts the records that the viewer sees for each of those that a link leads to. A member's count starts from what
// they see.
func (e *Entity[T]) linkedTo(ctx context.Context, l Link, rights [][16]byte) (map[[16]byte]int, error) {
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return nil, err
	}
	with, held := "", ""
	if seen := e.inSight(s); seen != "" {
		with, held = "WITH seen AS MATERIALIZED ("+seen+") ", " AND j."+l.Left+" = ANY(ARRAY(SELECT id FROM seen))"
	}
	s.plan(with, nil)
	var counts []figure
	err = s.query(ctx, &counts, with+"SELECT j."+l.Right+" AS id, count(*) AS n FROM "+l.Table+" AS j WHERE j.org_id = $1 AND j."+
		l.Right+" = ANY("+s.ids(rights)+"::uuid[])"+held+" GROUP BY 1")
	if err != nil {
		return nil, fmt.Errorf("count %s: %w", l.Table, err)
	}
	return figuresOf(counts), nil
}

// asChange tells a link's change to the timeline.
func (l linkChange) asChange() *model.ActivityChange {
	return &model.ActivityChange{Field: spelling(l.Field), From: texts(l.removed), To: texts(l.added)}
}

func texts[T id.Any](ids []T) []string {
	out := make([]string, len(ids))
	for i, v := range ids {
		out[i] = id.ID(v).String()
	}
	return out
}
