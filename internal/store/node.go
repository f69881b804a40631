package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// findable is an entity that an id alone can lead to.
type findable interface {
	located(s *statement, ids string) string
	load(ctx context.Context, ids [][16]byte, into map[[16]byte]model.Node) error
	resource() string
}

// nodes are all that the schema's Node interface has.
func nodes() []findable {
	return []findable{
		Accounts,
		Contacts,
		Leads,
		Opportunities,
		OpportunityLineItems,
		Cases,
		Solutions,
		Tasks,
		Products,
		Invoices,
		InvoiceLines,
		InvoiceHistories,
		InvoiceTemplates,
		Payments,
		Estimates,
		EstimateLines,
		RecurringInvoices,
		RecurringInvoiceLines,
		PortalLinks,
		Teams,
		Tags,
		Comments,
		CommentFiles,
		Attachments,
		Documents,
		Activities,
		Profiles,
		Boards,
		BoardColumns,
		BoardTasks,
		BoardMembers,
		LeadPipelines,
		LeadStages,
		CasePipelines,
		CaseStages,
		TaskPipelines,
		TaskStages,
		Notifications,
		CustomFieldDefinitions,
		ApiSettings,
		AccountEmails,
		PersonalAccessTokens,
		SecurityAuditLogs,
		members{Users},
		ownOrganization{},
	}
}

// members are those users to whom a membership in the viewer's organization leads.
type members struct{ *Entity[model.User] }

func (m members) located(s *statement, ids string) string {
	return "t.id FROM " + m.named(s, ids, func(_ *statement, t string) string {
		return "EXISTS (SELECT 1 FROM profile AS p WHERE p.org_id = $1 AND p.user_id = " + t + ".id)"
	})
}

func (members) resource() string { return Profiles.Resource }

// ownOrganization is the viewer's; there is no other.
type ownOrganization struct{}

func (ownOrganization) located(_ *statement, ids string) string {
	return "t.id FROM organization AS t WHERE t.id = $1 AND t.id = ANY(" + ids + ")"
}

func (ownOrganization) load(ctx context.Context, ids [][16]byte, into map[[16]byte]model.Node) error {
	o, err := Organization(ctx, id.Org(ids[0]))
	into[ids[0]] = o
	return err
}

func (ownOrganization) resource() string { return "" }

// Nodes finds records of any kind by their ids: one statement tells which kinds they are, one for each kind loads
// them. Ids of nothing that the viewer may see are missing.
func Nodes(ctx context.Context, ids [][16]byte) (map[[16]byte]model.Node, error) {
	s, err := begin(ctx, "", "")
	if err != nil {
		return nil, err
	}
	wanted := s.ids(ids) + "::uuid[]"
	kinds := nodes()
	var parts []string
	for i, n := range kinds {
		if allowed(s.viewer.Scopes, n.resource(), "read") {
			parts = append(parts, fmt.Sprintf("SELECT %d AS kind, %s", i, n.located(s, wanted)))
		}
	}
	var found []struct {
		Kind int   `bun:"kind"`
		ID   id.ID `bun:"id"`
	}
	if err := tenant.Select(ctx, &found, strings.Join(parts, " UNION ALL "), s.args...); err != nil {
		return nil, fmt.Errorf("look for nodes: %w", err)
	}
	byKind := map[int][][16]byte{}
	for _, f := range found {
		byKind[f.Kind] = append(byKind[f.Kind], f.ID)
	}
	out := make(map[[16]byte]model.Node, len(found))
	for kind, keys := range byKind {
		if err := kinds[kind].load(ctx, keys, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e *Entity[T]) resource() string { return e.Resource }

func (e *Entity[T]) located(s *statement, ids string) string {
	return "t.id FROM " + e.named(s, ids)
}

func (e *Entity[T]) load(ctx context.Context, ids [][16]byte, into map[[16]byte]model.Node) error {
	rows, err := e.ByIDs(ctx, ids, e.Needed(ctx, nil))
	for key, r := range rows {
		into[key] = any(r).(model.Node)
	}
	return err
}
