package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Tags are labels; every member reads and attaches them, admins write (domain: B.14).
var Tags = new(Entity[model.Tag])

func init() {
	*Tags = Entity[model.Tag]{
		Noun: "tag", Resource: "tags",
		Order:    map[string]string{"CREATED_AT": "created_at", "NAME": "name"},
		Default:  page.Order{Field: "NAME", Direction: "ASC"},
		Search:   []string{"name"},
		Pickable: isActive, // archived ones are not offered
		Kept:     true,     // nor archived while they are put on a record
		MayWrite: adminsOnly,
		Fresh:    func(t *model.Tag) { t.IsActive, t.Color = true, "blue" },
		Check:    checkTag,
	}
}

func checkTag(_ context.Context, c *Change[model.Tag]) error {
	c.Row.Slug = slug(c.Row.Name)
	if c.Row.Slug == "" && c.Row.Name != "" {
		return fault.Field("name", "must contain a letter or a digit")
	}
	return nil
}

// CreateTag stores a new tag. An archived one of the same name is restored instead, with what the input says.
func CreateTag(ctx context.Context, name string, input any) (*model.Tag, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	var archived []*model.Tag
	err = tenant.Select(ctx, &archived, "SELECT * FROM tags WHERE org_id = $1 AND slug = $2 AND NOT is_active",
		[16]byte(v.OrgID), slug(name))
	if err != nil {
		return nil, fmt.Errorf("look for an archived tag: %w", err)
	}
	if len(archived) == 0 {
		return Tags.Create(ctx, input)
	}
	return Tags.Modify(ctx, archived[0].Key(), nil, func(t *model.Tag) (patch.Set, error) {
		if t.IsActive { // somebody was faster
			known := conflicts["tags_slug_unique"]
			return nil, conflictOn(known.field, "%s", known.message)
		}
		t.IsActive = true
		return patch.Apply(t, input)
	})
}

// OfferTag archives a tag or restores it. Of two who do so one is told of the other.
func OfferTag(ctx context.Context, key [16]byte, version *int, offered bool) (*model.Tag, error) {
	return Tags.Modify(ctx, key, version, func(t *model.Tag) (patch.Set, error) {
		switch {
		case t.IsActive && offered:
			return nil, fault.New(fault.Conflict, "the tag is not archived")
		case !t.IsActive && !offered:
			return nil, fault.New(fault.Conflict, "the tag is archived already")
		}
		t.IsActive = offered
		return patch.Set{"IsActive": true}, nil
	})
}

// slug is a name in lower case, with a dash for every run of other characters than letters and digits.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return cut(strings.Join(words, "-"), 50)
}

// ensureTags gives the ids of active tags by their slugs. Those that are not there are made, and archived ones restored:
// who imports may do that, though no admin (domain: E.6).
func ensureTags(ctx context.Context, s *statement, names []string) (map[string][16]byte, error) {
	wanted := map[string]string{}
	for _, name := range names {
		wanted[slug(name)] = name
	}
	slugs := slices.Sorted(maps.Keys(wanted))
	if len(slugs) == 0 {
		return nil, nil //nolint:nilnil // nothing is asked for
	}
	if _, err := tenant.Exec(ctx, `UPDATE tags SET is_active = true, updated_at = $3, updated_by_id = $4, version = version + 1
		WHERE org_id = $1 AND slug = ANY($2) AND NOT is_active`, s.args[0], slugs, tenant.Now(ctx), [16]byte(s.viewer.UserID)); err != nil {
		return nil, fmt.Errorf("restore tags: %w", err)
	}
	found, err := Tags.keyed(ctx, "slug", slugs)
	if err != nil {
		return nil, err
	}
	var fresh []*Change[model.Tag]
	for _, slug := range slugs {
		if _, ok := found[slug]; ok {
			continue
		}
		t := &model.Tag{Name: wanted[slug]}
		Tags.Fresh(t)
		stamp(ctx, s.viewer, &t.Base)
		c := &Change[model.Tag]{Row: t, Set: patch.Set{"Name": true}, viewer: s.viewer}
		if err := Tags.check(ctx, c, nil); err != nil {
			return nil, err
		}
		fresh, found[slug] = append(fresh, c), t.ID
	}
	return found, Tags.insertAll(ctx, fresh)
}
