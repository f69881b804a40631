package model

import (
	"encoding/json"
	"errors"
	"io"
	"maps"

	"github.com/uptrace/bun"
)

// CustomFieldDefinition is a field that an organization has added to one kind of its records.
type CustomFieldDefinition struct {
	bun.BaseModel `bun:"table:custom_field_definition,alias:t"`
	Base
	Target       CustomFieldTarget   `bun:"target_model"` // like key and type it never changes
	FieldKey     string              `bun:"key"`          // Key is the row's
	FieldType    CustomFieldType     `bun:"field_type"`
	Label        string              `bun:"label" max:"128" required:"true"`
	Options      []CustomFieldOption `bun:"options,type:jsonb"`
	IsRequired   bool                `bun:"is_required"`
	IsFilterable bool                `bun:"is_filterable"`
	DisplayOrder int                 `bun:"display_order" min:"0"`
	IsActive     bool                `bun:"is_active"`
}

// CustomFieldOption is a choice of a dropdown.
type CustomFieldOption struct {
	Value string `json:"value"` // as it is stored
	Label string `json:"label"` // as it is shown
}

// The GraphQL types around a custom field.
type (
	CustomFieldDefinitionConnection = Connection[CustomFieldDefinition]
	CustomFieldDefinitionEdge       = Edge[CustomFieldDefinition]
)

// Customized is embedded by records that have custom fields.
type Customized struct {
	CustomFields CustomFields `bun:"custom_fields,type:jsonb"`
}

// Custom is the record's custom fields.
func (c *Customized) Custom() *CustomFields { return &c.CustomFields }

// CustomFields are a record's values by the keys of their definitions: texts, numbers and booleans. Between an input and
// the check of it a key that is to be cleared has nil.
type CustomFields map[string]any

// Patch takes the keys that an input names and leaves the others; null names all.
func (f *CustomFields) Patch(value any) error {
	fields := maps.Clone(*f)
	if fields == nil {
		fields = CustomFields{}
	}
	switch given := value.(type) {
	case nil:
		for key := range fields {
			fields[key] = nil
		}
	case map[string]any:
		maps.Copy(fields, given)
	default:
		return errors.New("must be an object of values by their keys")
	}
	*f = fields
	return nil
}

// MarshalGQL writes an object, its keys in order.
func (f CustomFields) MarshalGQL(w io.Writer) {
	text := []byte("{}")
	if f != nil {
		text, _ = json.Marshal(map[string]any(f)) // what jsonb has kept can be written
	}
	_, _ = w.Write(text)
}

// UnmarshalGQL is for the generator; inputs take any JSON, and Patch reads it.
func (f *CustomFields) UnmarshalGQL(v any) error { return f.Patch(v) }

// CustomFieldTarget is a kind of record that can have custom fields: the words of its type.
type CustomFieldTarget string

var _ = enum[CustomFieldTarget](
	"Account",
	"Lead",
	"Contact",
	"Opportunity",
	"Case",
	"Task",
	"Invoice",
	"Estimate",
	"Recurring invoice",
)

// MarshalGQL writes the schema's name.
func (v CustomFieldTarget) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *CustomFieldTarget) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// CustomFieldType is what a custom field holds.
type CustomFieldType string

// The values, as stored.
const (
	CustomText     CustomFieldType = "text"
	CustomTextarea CustomFieldType = "textarea"
	CustomNumber   CustomFieldType = "number"
	CustomCheckbox CustomFieldType = "checkbox"
	CustomDate     CustomFieldType = "date"
	CustomDropdown CustomFieldType = "dropdown"
)

var _ = enum(CustomText, CustomTextarea, CustomNumber, CustomCheckbox, CustomDate, CustomDropdown)

// MarshalGQL writes the schema's name.
func (v CustomFieldType) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *CustomFieldType) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
