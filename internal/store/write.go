package store

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/uptrace/bun/schema"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Change is one write of a record on its way through the rules. Every path makes one.
type Change[T any] struct {
	Row    *T        // as it is to be
	Before *T        // as it was; nil when it is new
	Set    patch.Set // the fields that the writer spoke of

	viewer *tenant.Viewer
	links  []linkChange
	notes  []*model.ActivityChange           // what the timeline is told of an update besides columns and links
	then   []func(ctx context.Context) error // what Check leaves to do when the row is there
}

// Created reports whether the record is new.
func (c *Change[T]) Created() bool { return c.Before == nil }

// differs reports whether a field of a record that exists has another value than before.
func (c *Change[T]) differs(field string) bool {
	before, after := reflect.ValueOf(c.Before).Elem(), reflect.ValueOf(c.Row).Elem()
	return !same(before.FieldByName(field), after.FieldByName(field))
}

// Create stores a new record from an input. Fields that the input leaves out keep what fresh gave them.
func (e *Entity[T]) Create(ctx context.Context, input any, fresh ...func(*T)) (*T, error) {
	r := new(T)
	for _, fn := range fresh {
		fn(r)
	}
	if e.Fresh != nil {
		e.Fresh(r)
	}
	set, err := patch.Apply(r, input)
	return e.insert(ctx, r, set, err)
}

// Insert stores a new record; set names the links it has and the fields that the writer spoke of.
func (e *Entity[T]) Insert(ctx context.Context, r *T, set patch.Set) (*T, error) {
	return e.insert(ctx, r, set, nil)
}

func (e *Entity[T]) insert(ctx context.Context, r *T, set patch.Set, misread error) (*T, error) {
	s, err := begin(ctx, e.Resource, "write")
	if err != nil {
		return nil, err
	}
	c := &Change[T]{Row: r, Set: set, viewer: s.viewer}
	if err := e.mayWrite(s.viewer); err != nil {
		return nil, err
	}
	stamp(ctx, s.viewer, any(r).(audited).Audit())
	if err := e.check(ctx, c, misread); err != nil {
		return nil, err
	}
	if err := e.insertRow(ctx, r); err != nil {
		return nil, err
	}
	if err := e.index(ctx, s.viewer, nil, r); err != nil {
		return nil, err
	}
	return r, e.finish(ctx, c, record[T]{verb: model.VerbCreate})
}

// stamp gives a new record its identity and says who made it.
func stamp(ctx context.Context, v *tenant.Viewer, base *model.Base) {
	now := tenant.Now(ctx)
	base.Begin(v.OrgID, now)
	base.UpdatedAt, base.Version = now, 1
	base.CreatedByID, base.UpdatedByID = v.Author(), v.Author()
}

// Update changes a record by an input. A version, when given, must be the record's.
func (e *Entity[T]) Update(ctx context.Context, key [16]byte, version *int, input any) (*T, error) {
	return e.Modify(ctx, key, version, func(r *T) (patch.Set, error) { return patch.Apply(r, input) })
}

// Modify changes a record by a function that sets fields and names them. The row is locked from its reading to
// the end of the transaction, so gates that look at it cannot be passed twice.
func (e *Entity[T]) Modify(ctx context.Context, key [16]byte, version *int, fn func(*T) (patch.Set, error)) (*T, error) {
	return e.modify(ctx, key, version, e.Read.Row, fn)
}

// amend is Modify for a rule that reaches a record which the viewer need not see: names exist once for all.
func (e *Entity[T]) amend(ctx context.Context, key [16]byte, fn func(*T) (patch.Set, error)) (*T, error) {
	return e.modify(ctx, key, nil, nil, fn)
}

func (e *Entity[T]) modify(ctx context.Context, key [16]byte, version *int, visible Cond, fn func(*T) (patch.Set, error)) (*T, error) {
	s, err := begin(ctx, e.Resource, "write")
	if err != nil {
		return nil, err
	}
	before, err := e.lock(ctx, key, visible)
	if err == nil && visible != nil {
		err = e.mayChange(ctx, key)
	}
	if err != nil {
		return nil, err
	}
	after := *before
	any(&after).(interface{ Leave() }).Leave()
	c := &Change[T]{Row: &after, Before: before, viewer: s.viewer}
	if err := e.mayWrite(s.viewer); err != nil {
		return nil, err
	}
	if e.MayChange != nil {
		if err := e.MayChange(s.viewer, before); err != nil {
			return nil, err
		}
	}
	base := any(&after).(audited).Audit()
	if version != nil && *version != base.Version {
		return nil, fault.New(fault.StaleVersion, "the %s was changed meanwhile: it has version %d by now", e.Noun, base.Version)
	}
	var misread error
	c.Set, misread = fn(&after)
	if err := e.check(ctx, c, misread); err != nil {
		return nil, err
	}
	changed := e.changed(c)
	if len(changed) == 0 && len(c.links) == 0 && len(c.then) == 0 {
		return before, nil
	}
	base.UpdatedAt, base.UpdatedByID, base.Version = tenant.Now(ctx), s.viewer.Author(), base.Version+1
	if err := e.updateRow(ctx, &after, append(changed, e.field("updated_at"), e.field("updated_by_id"), e.field("version"))); err != nil {
		return nil, err
	}
	if err := e.index(ctx, s.viewer, before, &after); err != nil {
		return nil, err
	}
	return &after, e.finish(ctx, c, record[T]{verb: model.VerbUpdate, fields: changed})
}

// Delete removes a record and what goes with it.
func (e *Entity[T]) Delete(ctx context.Context, key [16]byte) error {
	s, err := begin(ctx, e.Resource, "write")
	if err != nil {
		return err
	}
	r, err := e.lock(ctx, key, e.Read.Row)
	if err != nil {
		return err
	}
	for _, may := range []func(*tenant.Viewer, *T) error{e.MayDelete, e.MayChange} {
		if may != nil {
			if err := may(s.viewer, r); err != nil {
				return err
			}
			break
		}
	}
	if err := e.mayWrite(s.viewer); err != nil {
		return err
	}
	if e.BeforeDelete != nil {
		if err := e.BeforeDelete(ctx, r); err != nil {
			return err
		}
	}
	if e.Kind != "" {
		if err := deleteNotes(ctx, s.viewer, e.Kind, key); err != nil {
			return err
		}
	}
	if _, err := tenant.Exec(ctx, "DELETE FROM "+e.name()+" WHERE org_id = $1 AND id = $2", s.args[0], key); err != nil {
		return e.refused(err)
	}
	if err := e.index(ctx, s.viewer, r, nil); err != nil {
		return err
	}
	return e.tell(ctx, &Change[T]{Row: r, viewer: s.viewer}, record[T]{verb: model.VerbDelete})
}

func (e *Entity[T]) mayWrite(v *tenant.Viewer) error {
	if e.MayWrite == nil {
		return nil
	}
	return e.MayWrite(v)
}

// mayChange refuses to change what the viewer only reads.
func (e *Entity[T]) mayChange(ctx context.Context, key [16]byte) error {
	if e.Changeable == nil {
		return nil
	}
	found, err := e.among(ctx, [][16]byte{key}, e.Changeable)
	if err == nil && !found[key] {
		err = fault.New(fault.Forbidden, "only those to whom the %s is assigned, or who share it, may change it", e.Noun)
	}
	return err
}

// lock reads a row and holds it until the end of the transaction.
func (e *Entity[T]) lock(ctx context.Context, key [16]byte, visible Cond) (*T, error) {
	return e.lockFor(ctx, "UPDATE", key, visible)
}

// hold keeps a record from being deleted until the end of the transaction, for who may change it: what is written about it
// goes with it.
func (e *Entity[T]) hold(ctx context.Context, key [16]byte) error {
	if _, err := e.lockFor(ctx, "KEY SHARE", key, e.Read.Row); err != nil {
		return err
	}
	return e.mayChange(ctx, key)
}

func (e *Entity[T]) lockFor(ctx context.Context, what string, key [16]byte, visible Cond) (*T, error) {
	s, err := begin(ctx, "", "")
	if err != nil {
		return nil, err
	}
	rows, err := e.run(ctx, s, 1, "SELECT "+e.columns()+" FROM "+e.name()+" AS t WHERE "+s.where("t", e.ofTenant, visible, Is("id", &key))+" FOR "+what+" OF t")
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, e.notFound()
	}
	return rows[0], nil
}

// check applies what the tags of the model say, the ids that the change names, the custom fields and the entity's own rules, and
// reports all bad fields together, with those that could not be read from the input.
func (e *Entity[T]) check(ctx context.Context, c *Change[T], misread error) error {
	faults := fault.List(fault.All(misread))
	if misread != nil && faults == nil {
		return misread
	}
	checkTags(c.Row, c.Set, c.Created(), &faults)
	if err := e.checkRefs(ctx, c, &faults); err != nil {
		return err
	}
	if err := e.checkLinks(ctx, c, &faults); err != nil {
		return err
	}
	if err := e.checkCustom(ctx, c, &faults); err != nil {
		return err
	}
	for _, rules := range []func(context.Context, *Change[T]) error{e.stand, e.Check} {
		if rules == nil {
			continue
		}
		err := rules(ctx, c)
		if more := fault.All(err); more != nil {
			faults = append(faults, more...)
		} else if err != nil {
			return err
		}
	}
	return faults.Err()
}

// finish stores the links and does what follows.
func (e *Entity[T]) finish(ctx context.Context, c *Change[T], told record[T]) error {
	if err := e.writeLinks(ctx, c); err != nil {
		return err
	}
	return e.conclude(ctx, c, told)
}

// conclude does what follows a write whose row and links are stored: it tells the timeline and who was assigned.
func (e *Entity[T]) conclude(ctx context.Context, c *Change[T], told record[T]) error {
	for _, do := range c.then {
		if err := do(ctx); err != nil {
			return err
		}
	}
	if err := e.tell(ctx, c, told); err != nil {
		return err
	}
	if err := e.notifyAssigned(ctx, c); err != nil {
		return err
	}
	if e.After != nil {
		return e.After(ctx, c)
	}
	return nil
}

// changed gives the columns whose values differ.
func (e *Entity[T]) changed(c *Change[T]) []*schema.Field {
	before, after := reflect.ValueOf(c.Before).Elem(), reflect.ValueOf(c.Row).Elem()
	var out []*schema.Field
	for _, f := range e.table().Fields {
		if !same(before.FieldByIndex(f.Index), after.FieldByIndex(f.Index)) {
			out = append(out, f)
		}
	}
	return out
}

func same(a, b reflect.Value) bool {
	if a.Kind() == reflect.Pointer {
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		a, b = a.Elem(), b.Elem()
	}
	if eq := a.MethodByName("Equal"); eq.IsValid() && eq.Type().NumIn() == 1 && eq.Type().In(0) == b.Type() {
		return eq.Call([]reflect.Value{b})[0].Bool() // decimals and instants have several spellings of one value
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// insertRow writes one text for all rows of an entity, so that it is prepared once.
func (e *Entity[T]) insertRow(ctx context.Context, r *T) error {
	text, args := e.insertion(r)
	if _, err := tenant.Exec(ctx, text, args...); err != nil {
		return e.refused(err)
	}
	return nil
}

func (e *Entity[T]) insertion(r *T) (text string, args []any) {
	fields := e.table().Fields
	s := new(statement)
	names, places := make([]string, len(fields)), make([]string, len(fields))
	v := reflect.ValueOf(r).Elem()
	for i, f := range fields {
		names[i], places[i] = string(f.SQLName), s.arg(v.FieldByIndex(f.Index).Interface())
	}
	return "INSERT INTO " + e.name() + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(places, ", ") + ")", s.args
}

// insertRows stores many rows with one statement, whose text is the same however many they are.
func (e *Entity[T]) insertRows(ctx context.Context, v *tenant.Viewer, rows []*T) error {
	if len(rows) == 0 {
		return nil
	}
	var names []string
	objects := make([]map[string]any, len(rows))
	for i, r := range rows {
		objects[i] = map[string]any{}
		for _, f := range e.table().Fields {
			if i == 0 {
				names = append(names, string(f.SQLName))
			}
			objects[i][f.Name] = spelled(reflect.ValueOf(r).Elem().FieldByIndex(f.Index).Interface())
		}
	}
	text, err := json.Marshal(objects)
	if err != nil {
		return fmt.Errorf("write out %s: %w", e.Noun, err)
	}
	columns := strings.Join(names, ", ")
	if _, err := tenant.Exec(ctx, "INSERT INTO "+e.name()+" ("+columns+") SELECT "+columns+
		" FROM jsonb_populate_recordset(NULL::"+e.name()+", $2) WHERE org_id = $1", [16]byte(v.OrgID), string(text)); err != nil {
		return e.refused(err)
	}
	return nil
}

// spelled is a value as JSON has it.
func spelled(v any) any {
	if key, ok := bindable(v).([16]byte); ok {
		return id.ID(key).String()
	}
	return v
}

// updateColumns stores what was computed after the row was written; it is no change of its own.
func (e *Entity[T]) updateColumns(ctx context.Context, r *T, columns ...string) error {
	fields := make([]*schema.Field, len(columns))
	for i, column := range columns {
		fields[i] = e.field(column)
	}
	return e.updateRow(ctx, r, fields)
}

func (e *Entity[T]) updateRow(ctx context.Context, r *T, fields []*schema.Field) error {
	s := new(statement)
	s.arg(e.at(r, "org_id").Interface())
	v := reflect.ValueOf(r).Elem()
	sets := make([]string, len(fields))
	for i, f := range fields {
		sets[i] = string(f.SQLName) + " = " + s.arg(v.FieldByIndex(f.Index).Interface())
	}
	touched, err := tenant.Exec(ctx, "UPDATE "+e.name()+" SET "+strings.Join(sets, ", ")+
		" WHERE org_id = $1 AND id = "+s.arg(e.key(r)), s.args...)
	if err != nil {
		return e.refused(err)
	}
	if touched != 1 {
		return fmt.Errorf("update %s %s: %d rows", e.Noun, id.ID(e.key(r)), touched)
	}
	return nil
}
