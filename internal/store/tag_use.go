package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// What tags are on, and how all of it moves from one to another.

// counter counts, for each of the tags, the records of a kind with it that the viewer sees.
type counter func(ctx context.Context, tags [][16]byte) (map[[16]byte]int, error)

// counted is a kind of records that tags are counted on.
type counted struct {
	count counter
	into  func(*model.TagReport) *int
}

func tagged() []counted {
	return []counted{
		{carrying(Accounts), func(u *model.TagReport) *int { return &u.Accounts }},
		{carrying(Contacts), func(u *model.TagReport) *int { return &u.Contacts }},
		{carrying(Leads), func(u *model.TagReport) *int { return &u.Leads }},
		{carrying(Opportunities), func(u *model.TagReport) *int { return &u.Opportunities }},
		{carrying(Cases), func(u *model.TagReport) *int { return &u.Cases }},
		{carrying(Tasks), func(u *model.TagReport) *int { return &u.Tasks }},
	}
}

func carrying[T any](e *Entity[T]) counter {
	return func(ctx context.Context, tags [][16]byte) (map[[16]byte]int, error) {
		return e.linkedTo(ctx, e.Link("TagIDs"), tags)
	}
}

// TagReports counts, for each of the tags, the records with it that the viewer sees: a statement for each kind, in one message.
func TagReports(ctx context.Context, tags [][16]byte) (map[[16]byte]*model.TagReport, error) {
	kinds := tagged()
	counts, err := together(ctx, kinds, func(kind counted) (map[[16]byte]int, error) { return kind.count(ctx, tags) })
	if err != nil {
		return nil, err
	}
	out := make(map[[16]byte]*model.TagReport, len(tags))
	for _, tag := range tags {
		out[tag] = new(model.TagReport)
	}
	for i, kind := range kinds {
		for tag, n := range counts[i] {
			*kind.into(out[tag]) = n
		}
	}
	return out, nil
}

// carrier is a join table that puts tags on something, with its column for it, and the table that this names.
type carrier struct{ table, column, of string }

var carriers = []carrier{
	{"accounts_tags", "account_id", "accounts"},
	{"contacts_tags", "contact_id", "contacts"},
	{"lead_tags", "lead_id", "lead"},
	{"opportunity_tags", "opportunity_id", "opportunity"},
	{"case_tags", "case_id", `"case"`},
	{"task_tags", "task_id", "task"},
	{`"apiSettings_tags"`, "api_settings_id", `"apiSettings"`},
}

// MergeTags puts one tag in the place of another, whoever may see where that is, and archives the other. It tells on how
// much that was. Both tags are held first: nobody attaches the one meanwhile or archives the other.
func MergeTags(ctx context.Context, source, target [16]byte) (merged, into *model.Tag, moved int, err error) {
	s, err := begin(ctx, Tags.Resource, "write")
	if err != nil {
		return nil, nil, 0, err
	}
	if err := adminsOnly(s.viewer); err != nil {
		return nil, nil, 0, err
	}
	if source == target {
		return nil, nil, 0, fault.Field("targetTagId", "must be another tag")
	}
	if merged, into, err = holdTags(ctx, source, target); err != nil {
		return nil, nil, 0, err
	}
	for _, c := range carriers {
		n, err := c.move(ctx, s.viewer, source, target)
		if err != nil {
			return nil, nil, 0, err
		}
		moved += n
	}
	switch {
	case merged.IsActive:
		merged, err = OfferTag(ctx, source, nil, false)
	case moved == 0:
		err = conflictOn("sourceTagId", "the tag is archived and on nothing")
	}
	return merged, into, moved, err
}

// holdTags holds the two tags of a merge, always in the same order, so that two merges do not wait for each other. The target
// is only kept from being archived: who puts it on a record does not wait, and may hold a record that the merge waits for.
func holdTags(ctx context.Context, source, target [16]byte) (merged, into *model.Tag, err error) {
	var faults fault.List
	type hold struct {
		key         [16]byte
		field, mode string
		row         **model.Tag
	}
	held := []hold{{source, "sourceTagId", "UPDATE", &merged}, {target, "targetTagId", "SHARE", &into}}
	slices.SortFunc(held, func(a, b hold) int { return bytes.Compare(a.key[:], b.key[:]) })
	for _, h := range held {
		row, err := Tags.lockFor(ctx, h.mode, h.key, nil)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, nil, err
		}
		if *h.row = row; row == nil {
			faults.Add(h.field, "tag not found")
		}
	}
	if err := faults.Err(); err != nil {
		return nil, nil, err
	}
	if !into.IsActive {
		return nil, nil, conflictOn("targetTagId", "the tag is archived; restore it first")
	}
	return merged, into, nil
}

// move puts the target in the place of the source. Who writes a record holds it before its links, so the records are held
// first, too.
func (c carrier) move(ctx context.Context, v *tenant.Viewer, source, target [16]byte) (moved int, err error) {
	if _, err := tenant.Exec(ctx, "SELECT t.id FROM "+c.table+" AS j JOIN "+c.of+" AS t ON t.org_id = $1 AND t.id = j."+c.column+
		" WHERE j.org_id = $1 AND j.tag_id = $2 ORDER BY t.id FOR KEY SHARE OF t", [16]byte(v.OrgID), source); err != nil {
		return 0, fmt.Errorf("hold what has the tag: %w", err)
	}
	err = tenant.Select(ctx, &moved, "WITH moved AS (DELETE FROM "+c.table+" WHERE org_id = $1 AND tag_id = $2 RETURNING "+c.column+" AS id)"+
		", added AS (INSERT INTO "+c.table+" (org_id, "+c.column+", tag_id) SELECT $1, id, $3 FROM moved ON CONFLICT DO NOTHING)"+
		" SELECT count(*) FROM moved", [16]byte(v.OrgID), source, target)
	if err != nil {
		return 0, fmt.Errorf("move the tags of %s: %w", c.table, err)
	}
	return moved, nil
}
