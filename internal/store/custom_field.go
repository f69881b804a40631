package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/filter"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// CustomFieldDefinitions are fields that an organization adds to its records (domain: C.16, E.9). They are never deleted:
// what a record has of a deactivated one stays.
var CustomFieldDefinitions = new(Entity[model.CustomFieldDefinition])

func init() {
	*CustomFieldDefinitions = Entity[model.CustomFieldDefinition]{
		Noun: "custom field", Resource: "custom_fields",
		Order:    map[string]string{"DISPLAY_ORDER": "display_order", "CREATED_AT": "created_at"},
		Default:  page.Order{Field: "DISPLAY_ORDER", Direction: "ASC"},
		MayWrite: adminsOnly,
		Fresh:    func(d *model.CustomFieldDefinition) { d.IsActive = true },
		Check:    checkDefinition,
	}
}

var customKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// The limits of what a custom field says.
const (
	mostOptions   = 100
	longestOption = 128
	longestText   = 255
	longestArea   = 20000
)

func checkDefinition(_ context.Context, c *Change[model.CustomFieldDefinition]) error {
	d := c.Row
	var faults fault.List
	if !customKey.MatchString(d.FieldKey) {
		faults.Add("key", "must consist of small letters, digits and _, at most 64, and begin with a letter")
	}
	if d.IsFilterable && d.FieldType == model.CustomTextarea {
		faults.Add("isFilterable", "a long text cannot be filtered by")
	}
	if d.Options == nil {
		d.Options = []model.CustomFieldOption{}
	}
	switch isDropdown := d.FieldType == model.CustomDropdown; {
	case !isDropdown && len(d.Options) > 0:
		faults.Add("options", "only a dropdown has options")
	case isDropdown && (len(d.Options) == 0 || len(d.Options) > mostOptions):
		faults.Add("options", "a dropdown has 1 to %d options", mostOptions)
	}
	seen := map[string]bool{}
	for i := range d.Options {
		o := &d.Options[i]
		for _, part := range []struct {
			name string
			text *string
		}{{"value", &o.Value}, {"label", &o.Label}} {
			if *part.text = strings.TrimSpace(*part.text); *part.text == "" || utf8.RuneCountInString(*part.text) > longestOption {
				faults.Add(part.name, "must have 1 to %d characters", longestOption)
			}
		}
		if key := strings.ToLower(o.Value); seen[key] {
			faults.Add("options", "%q stands among them twice", o.Value)
		} else {
			seen[key] = true
		}
	}
	return faults.Err()
}

// customized is a record that has custom fields.
type customized interface{ Custom() *model.CustomFields }

// checkCustom is the one gate of what a record's custom fields may hold, of whichever path it comes. A new record must have
// what is required; of one that exists only the keys are looked at that a change speaks of. What was copied from another
// record, and nobody spoke of, is kept as far as it fits.
func (e *Entity[T]) checkCustom(ctx context.Context, c *Change[T], faults *fault.List) error {
	record, ok := any(c.Row).(customized)
	if !ok || !c.Created() && !c.Set["CustomFields"] {
		return nil
	}
	definitions, err := e.definitions(ctx, c.viewer)
	if err != nil {
		return err
	}
	var before model.CustomFields
	if !c.Created() {
		before = *any(c.Before).(customized).Custom()
	}
	wanted, kept := *record.Custom(), model.CustomFields{}
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		value, had := wanted[key], before[key]
		definition, known := definitions[key]
		switch {
		case value != nil && sameCustom(value, had):
			kept[key] = had
		case !known && (value != nil || had == nil):
			if c.Set["CustomFields"] {
				faults.Add("customFields."+cut(key, 64), "there is no such field")
			}
		case value != nil:
			read, complaint := readCustom(definition, value)
			if complaint != "" {
				if c.Set["CustomFields"] {
					faults.Add("customFields."+key, "%s", complaint)
				}
			} else if read != nil {
				kept[key] = read
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(definitions)) {
		if d := definitions[key]; d.IsRequired && kept[key] == nil && !complained(*faults, key) {
			faults.Add("customFields."+key, "%s of the %s is required", d.Label, e.Noun)
		}
	}
	*record.Custom() = kept
	return nil
}

// sameCustom compares a value that was sent with one that is stored.
func sameCustom(sent, stored any) bool {
	if n, ok := number64(sent); ok {
		return n == stored
	}
	return reflect.DeepEqual(sent, stored)
}

func complained(faults fault.List, key string) bool {
	return slices.ContainsFunc(faults, func(f *fault.Error) bool { return f.Field == "customFields."+key })
}

func (e *Entity[T]) target() string { return words(e.table().TypeName) }

// definedKey is where a context has the definitions of a kind of record, for who writes many.
type definedKey string

// definitions are the active ones of the entity, by their keys.
func (e *Entity[T]) definitions(ctx context.Context, v *tenant.Viewer) (map[string]*model.CustomFieldDefinition, error) {
	if known, ok := ctx.Value(definedKey(e.target())).(map[string]*model.CustomFieldDefinition); ok {
		return known, nil
	}
	var found []*model.CustomFieldDefinition
	err := tenant.Select(ctx, &found, "SELECT t.key, t.label, t.field_type, t.options, t.is_required FROM custom_field_definition AS t WHERE t.org_id = $1 AND t.target_model = $2 AND t.is_active",
		[16]byte(v.OrgID), e.target())
	if err != nil {
		return nil, fmt.Errorf("select the custom fields of %s: %w", e.Noun, err)
	}
	out := make(map[string]*model.CustomFieldDefinition, len(found))
	for _, d := range found {
		out[d.FieldKey] = d
	}
	return out, nil
}

// readCustom gives a value as it is stored, nil for one that clears, or what is wrong with it.
func readCustom(d *model.CustomFieldDefinition, value any) (read any, complaint string) {
	text, isText := value.(string)
	text = strings.TrimSpace(text)
	if isText && text == "" {
		return nil, ""
	}
	switch d.FieldType {
	case model.CustomText, model.CustomTextarea:
		most := longestText
		if d.FieldType == model.CustomTextarea {
			most = longestArea
		}
		if !isText || utf8.RuneCountInString(text) > most {
			return nil, fmt.Sprintf("must be a text of at most %d characters", most)
		}
		return text, ""
	case model.CustomNumber:
		var n float64
		if isText && json.Unmarshal([]byte(text), &n) == nil { // forms and files have nothing but texts
			return n, ""
		}
		if n, ok := number64(value); ok {
			return n, ""
		}
		return nil, "must be a number"
	case model.CustomCheckbox:
		if checked, ok := value.(bool); ok {
			return checked, ""
		}
		if checked, ok := checkedWords[strings.ToLower(text)]; ok {
			return checked, ""
		}
		return nil, "must be true or false"
	case model.CustomDate:
		var day scalar.Date
		if !isText || day.UnmarshalGQL(text) != nil {
			return nil, "must be a day such as 2026-03-01"
		}
		return day.String(), ""
	case model.CustomDropdown:
		if isText && slices.ContainsFunc(d.Options, func(o model.CustomFieldOption) bool { return o.Value == text }) {
			return text, ""
		}
		return nil, "must be the value of one of the options"
	}
	return nil, "cannot be set"
}

var checkedWords = map[string]bool{"true": true, "yes": true, "on": true, "1": true, "false": false, "no": false, "off": false, "0": false}

// number64 is a number as jsonb gives it back. Booleans are none.
func number64(value any) (float64, bool) {
	var n float64
	switch v := value.(type) {
	case float64:
		n = v
	case int64:
		n = float64(v)
	case json.Number:
		parsed, err := v.Float64()
		if err != nil {
			return 0, false
		}
		n = parsed
	default:
		return 0, false
	}
	return n, !math.IsInf(n, 0) && !math.IsNaN(n)
}

// What a value is found by: its text behind its key and a letter for its kind. Long texts are not.

func textKey(text string) string              { return "=t:" + strings.ToLower(text) }
func numberKey(number decimal.Decimal) string { return "=n:" + number.String() }
func checkedKey(checked bool) string          { return fmt.Sprintf("=b:%t", checked) }

func customKeys(r any) map[string]string {
	record, ok := r.(customized)
	if !ok {
		return nil
	}
	out := map[string]string{}
	for key, value := range *record.Custom() {
		switch v := value.(type) {
		case string:
			if utf8.RuneCountInString(v) <= longestText {
				out[key] = key + textKey(v)
			}
		case float64:
			out[key] = key + numberKey(decimal.NewFromFloat(v))
		case bool:
			out[key] = key + checkedKey(v)
		}
	}
	return out
}

// CustomKeys are the keys of the active custom fields of a kind of record, in the order of forms.
func CustomKeys(ctx context.Context, target string) (keys []string, err error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	err = tenant.Select(ctx, &keys, "SELECT t.key FROM custom_field_definition AS t WHERE t.org_id = $1 AND t.target_model = $2 AND t.is_active ORDER BY t.display_order, t.id",
		[16]byte(v.OrgID), target)
	if err != nil {
		return nil, fmt.Errorf("select the keys of custom fields: %w", err)
	}
	return keys, nil
}

// indexAllCustom is indexCustom for new records.
func (e *Entity[T]) indexAllCustom(ctx context.Context, v *tenant.Viewer, rows []*T) error {
	var ids [][16]byte
	var keys, values []string
	for _, r := range rows {
		for key, value := range customKeys(r) {
			ids, keys, values = append(ids, e.key(r)), append(keys, key), append(values, value)
		}
	}
	return e.putCustom(ctx, v, ids, keys, values)
}

// indexCustom keeps what a record is found by. Nil rows are what is not there before or after.
func (e *Entity[T]) indexCustom(ctx context.Context, v *tenant.Viewer, before, after *T) error {
	var had, has map[string]string
	var key [16]byte
	if before != nil {
		had, key = customKeys(before), e.key(before)
	}
	if after != nil {
		has, key = customKeys(after), e.key(after)
	}
	var gone, keys, values []string
	var ids [][16]byte
	for k := range had {
		if _, stays := has[k]; !stays {
			gone = append(gone, k)
		}
	}
	for k, value := range has {
		if had[k] != value {
			ids, keys, values = append(ids, key), append(keys, k), append(values, value)
		}
	}
	if len(gone) > 0 {
		if err := tenant.Later(ctx, "DELETE FROM custom_field_value WHERE org_id = $1 AND entity_id = $2 AND key = ANY($3)", [16]byte(v.OrgID), key, gone); err != nil {
			return err
		}
	}
	return e.putCustom(ctx, v, ids, keys, values)
}

// putCustom stores values of records' keys, the first of each for the first of the others.
func (e *Entity[T]) putCustom(ctx context.Context, v *tenant.Viewer, ids [][16]byte, keys, values []string) error {
	if len(ids) == 0 {
		return nil
	}
	return tenant.Later(ctx, `INSERT INTO custom_field_value (org_id, target, entity_id, key, value) SELECT $1, $2, n.id, n.key, n.value
		FROM unnest($3::uuid[], $4::text[], $5::text[]) AS n(id, key, value) ON CONFLICT (org_id, entity_id, key) DO UPDATE SET value = excluded.value`,
		[16]byte(v.OrgID), e.target(), ids, keys, values)
}

// mostCustom bounds the custom fields that a filter asks for, each of which is a condition of its own.
const mostCustom = 10

// Custom holds where the record's custom fields are as asked. A field that is not there or not filterable finds nothing.
func (e *Entity[T]) Custom(asked []*filter.Custom) Cond {
	var conds []Cond
	for _, f := range asked {
		conds = append(conds, e.customIs(f))
	}
	if asked == nil {
		return nil
	}
	return func(s *statement, t string) string {
		if len(asked) > mostCustom {
			s.refused = fault.Field("customFields", "at most %d of them", mostCustom)
			return "false"
		}
		return every(conds)(s, t)
	}
}

func (e *Entity[T]) customIs(f *filter.Custom) Cond {
	var values []string
	if f.Text != nil {
		values = append(values, textKey(strings.TrimSpace(*f.Text)))
	}
	if f.Number != nil {
		values = append(values, numberKey(*f.Number))
	}
	if f.IsChecked != nil {
		values = append(values, checkedKey(*f.IsChecked))
	}
	return func(s *statement, t string) string {
		values := slices.Clone(values) // a condition is written as often as its list is asked
		target := s.arg(e.target())
		text := "EXISTS (SELECT FROM custom_field_definition AS d WHERE d.org_id = $1 AND d.target_model = " + target + " AND d.key = " + s.arg(f.Key) +
			" AND d.is_filterable AND d.is_active) AND EXISTS (SELECT FROM custom_field_value AS v WHERE v.org_id = $1 AND v.target = " + target +
			" AND v.entity_id = " + t + ".id"
		if len(values) == 0 { // any value of the key
			text += " AND v.value >= " + s.arg(f.Key+"=") + " AND v.value < " + s.arg(f.Key+">")
		}
		for i, value := range values {
			values[i] = " AND v.value = " + s.arg(f.Key+value)
		}
		return text + strings.Join(values, "") + ")"
	}
}
