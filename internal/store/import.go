package store

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/sheet"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Records are imported from a CSV file, all or none (domain: E.10). Each line becomes what an input would be and goes
// through the entity's rules as one does (bulk.go); what is wrong is told line by line. A dry run does all of that and stores
// nothing.

// importing is how the lines of a sheet become records.
type importing[T any] struct {
	entity  *Entity[T]
	columns []column
	once    []unique[T]
}

// column is a header, and the field that what stands under it goes into.
type column struct {
	header, field string
	custom        string // instead: the key of a custom field
	required      bool
	read          func(field reflect.Type, text string) (any, error) // nil: a text
	names         *naming                                            // what stands there names records
}

// naming is how names lead to records of the organization.
type naming struct {
	lookup func(ctx context.Context, keys []string) (map[string][16]byte, error)
	key    func(name string) string
	many   bool                    // several, with ; between them
	absent func(name string) error // what is wrong with a name of nothing; nil: it is a new tag
}

// unique is what no two records may have. Rows before it count as well as records.
type unique[T any] struct {
	header  string
	key     func(*T) string // empty: nothing
	column  string
	hidden  bool // records that the viewer does not see count too: a constraint does not look at who asks
	message string
}

// mayImport refuses members who may not write records by the thousand.
func mayImport(v *tenant.Viewer) error {
	if v.IsAdmin() || v.HasSalesAccess {
		return nil
	}
	return fault.New(fault.Forbidden, "only admins, and members with sales access, may import")
}

const longestTag = 50

// draft is a line on its way to a record.
type draft[T any] struct {
	line   int
	row    *T
	set    patch.Set
	names  map[string][]string // by the header
	tags   []string            // those that are not there yet
	errors []*model.ImportError
}

func (d *draft[T]) fail(header string, err error) {
	e := &model.ImportError{Message: err.Error()}
	if header != "" {
		e.Column = &header
	}
	d.errors = append(d.errors, e)
}

// run imports a file, or tells what an import of it would do.
func (m *importing[T]) run(ctx context.Context, file files.Upload, dryRun bool) (*model.ImportPayload, error) {
	s, err := begin(ctx, m.entity.Resource, "write")
	if err != nil {
		return nil, err
	}
	if err := mayImport(s.viewer); err != nil {
		return nil, err
	}
	if ctx, err = m.customize(ctx, s.viewer); err != nil {
		return nil, err
	}
	rows, err := m.open(ctx, s.viewer, file)
	if err != nil {
		return nil, err
	}
	ctx = context.WithValue(ctx, pickedKey{}, picked{})
	drafts := make([]*draft[T], len(rows))
	for i, r := range rows {
		drafts[i] = m.draft(r)
	}
	for _, c := range m.columns {
		if c.names != nil {
			if err := m.name(ctx, c, drafts); err != nil {
				return nil, err
			}
		}
	}
	for _, u := range m.once {
		if err := m.tellTwice(ctx, u, drafts); err != nil {
			return nil, err
		}
	}
	changes, err := m.judge(ctx, s, drafts)
	if err != nil {
		return nil, err
	}
	out := m.report(drafts)
	if dryRun || out.Invalid > 0 {
		return out, nil
	}
	if err := m.tag(ctx, s, drafts, changes); err != nil {
		return nil, err
	}
	if err := m.entity.insertAll(ctx, changes); err != nil {
		return nil, err
	}
	for i, c := range changes {
		out.Rows[i].ID = new(id.ID(m.entity.key(c.Row)))
	}
	out.IsStored = true
	return out, nil
}

// open reads the file, which no record names: it goes when the operation has ended.
func (m *importing[T]) open(ctx context.Context, v *tenant.Viewer, file files.Upload) ([]sheet.Row, error) {
	files.Remove(ctx, file.Key)
	if !strings.HasSuffix(strings.ToLower(file.Name), ".csv") {
		return nil, fault.Field("file", "must be a .csv file")
	}
	content, err := files.FromContext(ctx).Open(ctx, v.OrgID, file.Key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = content.Close() }()
	var known, required []string
	for _, c := range m.columns {
		known = append(known, c.header)
		if c.required {
			required = append(required, c.header)
		}
	}
	rows, err := sheet.Read(content, known, required)
	if err != nil && fault.All(err) == nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	return rows, err
}

// draft reads the cells of a line.
func (m *importing[T]) draft(r sheet.Row) *draft[T] {
	d := &draft[T]{line: r.Line, row: new(T), set: patch.Set{}, names: map[string][]string{}}
	if m.entity.Fresh != nil {
		m.entity.Fresh(d.row)
	}
	if r.Wrong != "" {
		d.fail("", fmt.Errorf("%s", r.Wrong))
		return d
	}
	for _, c := range m.columns {
		text := r.Cell(c.header)
		switch {
		case text == "" && c.required:
			d.fail(c.header, fmt.Errorf("must not be blank"))
		case text == "":
		case c.names != nil:
			d.names[c.header] = c.names.split(text)
		case c.custom != "":
			_ = any(d.row).(customized).Custom().Patch(map[string]any{c.custom: text}) // what it means is for the entity's rules
			d.set["CustomFields"] = true
		default:
			var value any = text
			var err error
			if c.read != nil {
				value, err = c.read(reflect.ValueOf(d.row).Elem().FieldByName(c.field).Type(), text)
			}
			if err == nil {
				err = patch.Put(d.row, c.field, value)
			}
			if err != nil {
				d.fail(c.header, err)
				continue
			}
			d.set[c.field] = true
		}
	}
	return d
}

func (n *naming) split(text string) []string {
	if !n.many {
		return []string{text}
	}
	var names []string
	for name := range strings.SplitSeq(text, ";") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// name puts the ids of what a column names into the rows.
func (m *importing[T]) name(ctx context.Context, c column, drafts []*draft[T]) error {
	wanted := map[string]bool{}
	for _, d := range drafts {
		for _, name := range d.names[c.header] {
			wanted[c.names.key(name)] = true
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	found, err := c.names.lookup(ctx, slices.Sorted(maps.Keys(wanted)))
	if err != nil {
		return err
	}
	for _, d := range drafts {
		var ids []id.ID
		for _, name := range d.names[c.header] {
			key, ok := found[c.names.key(name)]
			switch {
			case ok:
				ids = append(ids, key)
			case c.names.absent == nil && c.names.key(name) != "" && utf8.RuneCountInString(name) <= longestTag:
				d.tags = append(d.tags, name)
			case c.names.absent == nil:
				d.fail(c.header, fmt.Errorf("a tag has 1 to %d characters, of which one is a letter or a digit", longestTag))
			default:
				d.fail(c.header, c.names.absent(name))
			}
		}
		if len(ids) == 0 {
			continue
		}
		var value any = ids[0]
		if c.names.many {
			value = ids
		}
		if err := patch.Put(d.row, c.field, value); err != nil {
			return err
		}
		d.set[c.field] = true
	}
	return nil
}

// tellTwice tells of rows that have the same as a row before them, or as a record.
func (m *importing[T]) tellTwice(ctx context.Context, u unique[T], drafts []*draft[T]) error {
	first := map[string]*draft[T]{}
	for _, d := range drafts {
		key := u.key(d.row)
		if key == "" {
			continue
		}
		if before, ok := first[key]; ok {
			d.fail(u.header, fmt.Errorf("%s: line %d has the same", u.message, before.line))
			continue
		}
		first[key] = d
	}
	taken, err := m.taken(ctx, u, slices.Sorted(maps.Keys(first)))
	for _, key := range taken {
		first[key].fail(u.header, fmt.Errorf("%s: there is one already", u.message))
	}
	return err
}

// taken tells which keys records have.
func (m *importing[T]) taken(ctx context.Context, u unique[T], keys []string) (taken []string, err error) {
	if len(keys) == 0 {
		return nil, nil
	}
	s, err := begin(ctx, "", "")
	if err != nil {
		return nil, err
	}
	visible := m.entity.Read.Row
	if u.hidden {
		visible = nil
	}
	same := func(_ *statement, t string) string { return t + "." + u.column + " = p.key" }
	// Each is looked up by itself: a plan for thousands of them at once may read the whole index.
	if err := s.query(ctx, &taken, "SELECT p.key FROM unnest("+s.arg(keys)+"::text[]) AS p(key) WHERE EXISTS (SELECT FROM "+m.entity.name()+
		" AS t WHERE "+s.where("t", m.entity.ofTenant, visible, same)+" OFFSET 0)"); err != nil {
		return nil, fmt.Errorf("look for the same %s: %w", m.entity.Noun, err)
	}
	return taken, nil
}

// judge applies the entity's rules. Of a line that cannot be read they would tell what does not matter.
func (m *importing[T]) judge(ctx context.Context, s *statement, drafts []*draft[T]) ([]*Change[T], error) {
	var rows []*T
	var sets []patch.Set
	var judged []*draft[T]
	for _, d := range drafts {
		if len(d.errors) == 0 {
			rows, sets, judged = append(rows, d.row), append(sets, d.set), append(judged, d)
		}
	}
	changes, faults, err := m.entity.examine(ctx, s, rows, sets)
	if err != nil {
		return nil, err
	}
	for i, d := range judged {
		for _, f := range faults[i] {
			d.fail(m.headerOf(f.Field), fmt.Errorf("%s", f.Message))
		}
	}
	return changes, nil
}

// headerOf is the header of a field as the schema spells it.
func (m *importing[T]) headerOf(field string) string {
	if key, isCustom := strings.CutPrefix(field, "customFields."); isCustom {
		return sheet.OwnHeader + key
	}
	for _, c := range m.columns {
		if spelling(c.field) == field {
			return c.header
		}
	}
	return ""
}

// tag makes the tags that are not there yet and puts them onto the rows.
func (m *importing[T]) tag(ctx context.Context, s *statement, drafts []*draft[T], changes []*Change[T]) error {
	var names []string
	for _, d := range drafts {
		names = append(names, d.tags...)
	}
	ids, err := ensureTags(ctx, s, names)
	if err != nil {
		return err
	}
	for i, d := range drafts {
		if len(d.tags) == 0 {
			continue
		}
		change := linkChange{Link: m.entity.Link("TagIDs")}
		changes[i].links = slices.DeleteFunc(changes[i].links, func(had linkChange) bool {
			if had.Table == change.Table {
				change = had
			}
			return had.Table == change.Table
		})
		for _, name := range d.tags {
			if key := ids[slug(name)]; !slices.Contains(change.added, key) {
				change.added = append(change.added, key)
			}
		}
		changes[i].links = append(changes[i].links, change)
	}
	return nil
}

// report tells of each line, and of all of them.
func (m *importing[T]) report(drafts []*draft[T]) *model.ImportPayload {
	out := &model.ImportPayload{Total: len(drafts), Rows: make([]*model.ImportRow, len(drafts)), NewTags: []string{}}
	seen := map[string]bool{}
	for i, d := range drafts {
		if len(d.errors) == 0 {
			out.Valid++
		} else {
			out.Invalid++
		}
		for _, name := range d.tags {
			if key := slug(name); !seen[key] {
				seen[key] = true
				out.NewTags = append(out.NewTags, name)
			}
		}
		values := map[string]any{}
		for field := range d.set {
			values[spelling(field)] = spokenAll(reflect.ValueOf(d.row).Elem().FieldByName(field))
		}
		if d.errors == nil {
			d.errors = []*model.ImportError{}
		}
		out.Rows[i] = &model.ImportRow{Line: d.line, Values: values, Errors: d.errors}
	}
	slices.Sort(out.NewTags)
	return out
}

func spokenAll(v reflect.Value) any {
	if v.Kind() != reflect.Slice {
		return spoken(v)
	}
	out := make([]any, v.Len())
	for i := range out {
		out[i] = spoken(v.Index(i))
	}
	return out
}

// What stands in cells, by the kinds of values.

func as[V any](unmarshal func(any) (V, error)) func(reflect.Type, string) (any, error) {
	return func(_ reflect.Type, text string) (any, error) { return unmarshal(text) }
}

var (
	anEmail  = as(scalar.UnmarshalEmailAddress)
	aPhone   = as(scalar.UnmarshalPhoneNumber)
	aURL     = as(scalar.UnmarshalURL)
	aCountry = as(func(v any) (string, error) { return scalar.UnmarshalCountryCode(strings.ToUpper(v.(string))) })
	truths   = map[string]bool{"true": true, "yes": true, "y": true, "1": true, "false": false, "no": false, "n": false, "0": false}
	aBoolean = func(_ reflect.Type, text string) (any, error) {
		value, ok := truths[strings.ToLower(text)]
		if !ok {
			return nil, fmt.Errorf("must be true or false, yes or no, 1 or 0")
		}
		return value, nil
	}
	aDate = func(_ reflect.Type, text string) (any, error) {
		day, err := scalar.ParseDate(text)
		if err != nil {
			return nil, fmt.Errorf("must be a day such as %s", time.DateOnly)
		}
		return day, nil
	}
)

// aChoice is a value of the field's enum, spelled as it is shown or as the schema has it.
func aChoice(field reflect.Type, text string) (any, error) {
	if field.Kind() == reflect.Pointer {
		field = field.Elem()
	}
	var names []string
	for _, stored := range model.Enums[field] {
		name := model.GraphQLName(stored)
		if name == model.GraphQLName(text) {
			return reflect.ValueOf(stored).Convert(field).Interface(), nil
		}
		names = append(names, name)
	}
	return nil, fmt.Errorf("must be one of %s", strings.Join(names, ", "))
}

// The columns that several sheets have.

func folded(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

func missing(what string) func(string) error {
	return func(name string) error { return fmt.Errorf("there is no %s %q", what, cut(name, 100)) }
}

func accountNamed() *naming {
	return &naming{key: folded, absent: missing("account"), lookup: func(ctx context.Context, keys []string) (map[string][16]byte, error) {
		return Accounts.keyed(ctx, "name_key", keys)
	}}
}

// handing are the columns of records that are assigned and shared.
func handing() []column {
	return []column{
		{header: "assigned_emails", field: "AssignedToIDs", names: &naming{key: folded, many: true, absent: missing("active member"),
			lookup: func(ctx context.Context, keys []string) (map[string][16]byte, error) {
				return Profiles.keyed(ctx, "user_email", keys)
			}}},
		{header: "team_names", field: "TeamIDs", names: &naming{key: folded, many: true, absent: missing("team"),
			lookup: func(ctx context.Context, keys []string) (map[string][16]byte, error) {
				return Teams.keyed(ctx, "name_key", keys)
			}}},
		{header: "tags", field: "TagIDs", names: &naming{key: slug, many: true,
			lookup: func(ctx context.Context, keys []string) (map[string][16]byte, error) {
				return Tags.keyed(ctx, "slug", keys)
			}}},
	}
}

// addressColumns are those of an address.
func addressColumns(line string) []column {
	return []column{{header: line, field: "AddressLine"}, {header: "city", field: "City"}, {header: "state", field: "State"},
		{header: "postcode", field: "Postcode"}, {header: "country", field: "Country", read: aCountry}}
}

// emailKey is what the column of that name is generated from.
func emailKey(email *string) string {
	if email == nil {
		return ""
	}
	return folded(*email)
}
