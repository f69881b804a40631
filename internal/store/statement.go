package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// statement collects the arguments of an SQL text. The organization is always $1.
type statement struct {
	viewer *tenant.Viewer
	now    time.Time
	args   []any
	anew   bool // planned for its arguments
	closed bool // a condition leaves out all that every member sees (Sight.Open)

	refused error // what a condition was asked that it does not take

	me map[string]string // the placeholders of the viewer's own ids
}

// Cond writes a condition on the row with alias t. An empty text holds for every row.
type Cond func(s *statement, t string) string

// begin makes a statement for reading or writing an entity, if the viewer's token allows it.
func begin(ctx context.Context, resource, verb string) (*statement, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	if !allowed(v.Scopes, resource, verb) {
		return nil, fault.New(fault.Forbidden, "the token's scopes do not include %s:%s", resource, verb)
	}
	return &statement{viewer: v, now: tenant.Now(ctx), args: []any{[16]byte(v.OrgID)}}, nil
}

// allowed reports whether scopes permit a verb. No scopes permit everything; write does not include read.
func allowed(scopes []string, resource, verb string) bool {
	if len(scopes) == 0 || resource == "" {
		return true
	}
	for _, s := range scopes {
		if s == "*" || s == resource+":"+verb {
			return true
		}
	}
	return false
}

// plan has the statement planned for its arguments when they decide how much there is to read. PostgreSQL otherwise keeps a
// plan for all arguments, organizations and viewers once it takes it for as good; what is good for most can be a thousand
// times too slow for one.
func (s *statement) plan(with string, conds []Cond) {
	s.anew = with != "" || slices.ContainsFunc(conds, func(c Cond) bool { return c != nil })
}

// query runs the statement and reads its rows into dest.
func (s *statement) query(ctx context.Context, dest any, text string) error {
	if s.refused != nil {
		return s.refused
	}
	if s.anew {
		return tenant.SelectAnew(ctx, dest, text, s.args...)
	}
	return tenant.Select(ctx, dest, text, s.args...)
}

// takeTurns has writes of something in an organization wait for each other until the end of the transaction.
func takeTurns(ctx context.Context, org id.Org, what string) error {
	if _, err := tenant.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))", org.String(), what); err != nil {
		return fmt.Errorf("wait for others who write the same: %w", err)
	}
	return nil
}

// one is the row that a text finds; it is nil when there is none.
func one[V any](ctx context.Context, text string, args ...any) (*V, error) {
	var found []V
	if err := tenant.Select(ctx, &found, text, args...); err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// arg binds a value and gives its placeholder.
func (s *statement) arg(v any) string {
	s.args = append(s.args, bindable(v))
	return "$" + strconv.Itoa(len(s.args))
}

// ids binds a list of ids out of the planner's sight. If PostgreSQL sees how long it is, it makes a plan for each
// execution, which takes longer than what these statements do; so it keeps one.
func (s *statement) ids(v any) string { return "(SELECT " + s.arg(v) + "::uuid[])" }

// The viewer's ids, which a text names often and binds once.

func (s *statement) user() string    { return s.own("user", s.viewer.UserID) }
func (s *statement) profile() string { return s.own("profile", s.viewer.ProfileID) }
func (s *statement) teams() string   { return s.own("teams", s.viewer.Teams) }

// instant is the operation's.
func (s *statement) instant() string { return s.own("now", s.now) + "::timestamptz" }

func (s *statement) own(name string, v any) string {
	place, bound := s.me[name]
	if !bound {
		if s.me == nil {
			s.me = make(map[string]string, 3)
		}
		place = s.arg(v)
		s.me[name] = place
	}
	return place
}

// where joins conditions with AND.
func (s *statement) where(t string, conds ...Cond) string {
	var parts []string
	for _, c := range conds {
		if c == nil {
			continue
		}
		if text := c(s, t); text != "" {
			parts = append(parts, "("+text+")")
		}
	}
	if len(parts) == 0 {
		return "true"
	}
	return strings.Join(parts, " AND ")
}

// bindable turns a value into one that pgx sends in binary: ids as bytes, enums as texts, pointers as what they
// point to. Types with a codec or a Valuer of their own pass.
func bindable(v any) any {
	switch fields := v.(type) { // objects, also when there is nothing in them
	case model.CustomFields:
		if fields == nil {
			fields = model.CustomFields{}
		}
		return map[string]any(fields)
	case model.Terms:
		if fields == nil {
			fields = model.Terms{}
		}
		return map[string]string(fields)
	}
	r := reflect.ValueOf(v)
	switch {
	case !r.IsValid():
		return nil
	case r.Kind() == reflect.Pointer:
		if r.IsNil() {
			return nil
		}
		return bindable(r.Elem().Interface())
	case r.Kind() == reflect.Array && r.Type().ConvertibleTo(uuidType):
		return r.Convert(uuidType).Interface()
	case r.Kind() == reflect.String:
		return r.String()
	case r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.Array:
		ids := make([][16]byte, r.Len())
		for i := range ids {
			ids[i] = r.Index(i).Convert(uuidType).Interface().([16]byte)
		}
		return ids
	case r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.String:
		texts := make([]string, r.Len())
		for i := range texts {
			texts[i] = r.Index(i).String()
		}
		return texts
	}
	return v
}

var uuidType = reflect.TypeFor[[16]byte]()
