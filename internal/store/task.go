package store

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Tasks are things to do (domain: B.6).
var Tasks = new(Entity[model.Task])

// TaskContacts are the people a task concerns.
var TaskContacts = contactsOf("task", "task_id")

func init() {
	*Tasks = Entity[model.Task]{
		Noun: "task", Kind: model.OfTask, Resource: "tasks",
		Order: map[string]string{"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "TITLE": "title",
			"DUE_DATE": "due_date"},
		Search: []string{"title"},
		Read:   shared("task_assigned_to", "task_teams", "task_id"),
		Links: []Link{assigneesOf("task", "task_id"), teamsOf("task", "task_id"), tagsOf("task", "task_id"),
			TaskContacts},
		Refs:      []Ref{{"AccountID", Accounts}, {"OpportunityID", Opportunities}, {"LeadID", Leads}, {"CaseID", Cases}},
		Kanban:    Kanban{Column: "status", Staged: true},
		Statuses:  []string{"Status", "StageID"},
		MayDelete: byCreator[model.Task],
		Fresh:     func(t *model.Task) { t.Status, t.Priority = model.TaskNew, model.PriorityMedium },
		Check:     checkTask,
	}
}

// IsOverdue holds for open tasks that were due before the organization's today.
func IsOverdue(s *statement, t string) string {
	return isOpenTask(s, t) + " AND " + t + ".due_date < " + s.arg(today(s.viewer, s.now))
}

func checkTask(ctx context.Context, c *Change[model.Task]) error {
	t := c.Row
	var faults fault.List
	var given []string // by the writer; what the record has already is not to blame
	parents := 0
	for _, p := range []struct {
		field string
		id    *id.ID
	}{{"AccountID", t.AccountID}, {"OpportunityID", t.OpportunityID}, {"LeadID", t.LeadID}, {"CaseID", t.CaseID}} {
		if p.id == nil {
			continue
		}
		if parents++; c.Set[p.field] {
			given = append(given, p.field)
		}
	}
	if parents > 1 {
		for _, field := range given {
			faults.Add(spelling(field), "a task is about at most one account, opportunity, lead or case")
		}
	}
	switch {
	case t.Status != model.TaskCompleted:
		t.CompletedAt = nil
	case t.CompletedAt == nil:
		now := tenant.Now(ctx)
		t.CompletedAt = &now
	}
	return faults.Err()
}
