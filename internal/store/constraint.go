package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// conflicts says what the violation of a unique constraint means to a client. The rules are checked by the
// database, because only there two concurrent writers meet; they are known by the constraint's name, never by the
// text of an error.
var conflicts = map[string]struct{ field, message string }{
	"accounts_name_unique":               {"name", "an account with this name exists already"},
	"lead_email_unique":                  {"email", "a lead with this e-mail address exists already"},
	"contacts_email_unique":              {"email", "a contact with this e-mail address exists already"},
	"opportunity_name_unique":            {"name", "an opportunity with this name exists already"},
	"document_title_unique":              {"title", "a document with this title exists already"},
	"teams_name_unique":                  {"name", "a team with this name exists already"},
	"tags_slug_unique":                   {"name", "a tag with this name exists already"},
	"board_column_name_unique":           {"name", "the board has a column with this name already"},
	"product_sku_unique":                 {"sku", "a product with this number exists already"},
	"profile_phone_unique":               {"phone", "a member with this phone number exists already"},
	"organization_name_unique":           {"name", "an organization with this name exists already"},
	"custom_field_definition_key_unique": {"key", "a custom field with this key exists already; perhaps it is deactivated"},

	"lead_pipeline_default_unique":    {"isDefault", "another pipeline has just become the default"},
	"case_pipeline_default_unique":    {"isDefault", "another pipeline has just become the default"},
	"task_pipeline_default_unique":    {"isDefault", "another pipeline has just become the default"},
	"invoice_template_default_unique": {"isDefault", "another template has just become the default"},
	"lead_stage_name_unique":          {"name", "the pipeline has a stage with this name already"},
	"case_stage_name_unique":          {"name", "the pipeline has a stage with this name already"},
	"task_stage_name_unique":          {"name", "the pipeline has a stage with this name already"},

	"board_member_profile_unique": {"profileId", "this person is a member of the board already"},
}

// conflictOn is a CONFLICT that names an input field.
func conflictOn(field, format string, args ...any) *fault.Error {
	refusal := fault.New(fault.Conflict, format, args...)
	refusal.Field = field
	return refusal
}

// SQLSTATE codes.
const (
	uniqueViolation     = "23505"
	foreignKeyViolation = "23503"
)

// refused turns a constraint's violation into a fault.
func (e *Entity[T]) refused(err error) error { return Refused(e.Noun, err) }

// Refused turns a constraint's violation into a CONFLICT that names the field. Other errors pass.
func Refused(noun string, err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return fmt.Errorf("write %s: %w", noun, err)
	}
	switch pg.Code {
	case uniqueViolation:
		if c, ok := conflicts[pg.ConstraintName]; ok {
			return conflictOn(c.field, "%s", c.message).Because(err)
		}
	case foreignKeyViolation:
		return fault.New(fault.Conflict, "the %s is in use, or what it refers to was deleted meanwhile", noun).Because(err)
	}
	return fmt.Errorf("write %s: %w", noun, err)
}

// yieldDefault makes room for a record that becomes the organization's default of its kind. Of two that come at once the
// database lets one be it.
func (e *Entity[T]) yieldDefault(ctx context.Context, c *Change[T]) error {
	if _, err := tenant.Exec(ctx, "UPDATE "+e.name()+" SET is_default = false, updated_at = $3, updated_by_id = $4, version = version + 1"+
		" WHERE org_id = $1 AND is_default AND id <> $2", [16]byte(c.viewer.OrgID), e.key(c.Row), tenant.Now(ctx), bindable(c.viewer.Author())); err != nil {
		return fmt.Errorf("take the default from another %s: %w", e.Noun, err)
	}
	return nil
}
