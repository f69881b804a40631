package store

import (
	"slices"

	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Activities are the timeline: written by every change (record.go), never by a client (domain: B.13). Who sees a
// record sees what happened to it.
var Activities = new(Entity[model.Activity])

func init() {
	*Activities = Entity[model.Activity]{
		Noun: "activity", Resource: "activities",
		Order: map[string]string{"CREATED_AT": "created_at"},
		Read:  Sight{Row: onVisible, Seen: visibleRecords, Held: onSeen, Open: onSolution},
	}
}

// About holds for what is about records of these kinds. When articles are not among them, theirs are not read in vain.
func About(kinds []model.EntityType) Cond {
	if kinds == nil {
		return nil
	}
	of := In("entity_type", kinds)
	return func(s *statement, t string) string {
		s.closed = !slices.Contains(kinds, model.OfSolution)
		return of(s, t)
	}
}

// ActivitiesAround an account are what happened to it, and to its deals, cases, tasks, invoices and estimates.
func ActivitiesAround() Relation {
	return Relation{Table: `(SELECT org_id, id AS account_id, id AS record_id FROM accounts
		UNION ALL SELECT org_id, account_id, id FROM opportunity
		UNION ALL SELECT org_id, account_id, id FROM "case"
		UNION ALL SELECT org_id, account_id, id FROM task
		UNION ALL SELECT org_id, account_id, id FROM invoice
		UNION ALL SELECT org_id, account_id, id FROM estimate)`, Parent: "account_id", Child: "record_id", Key: "entity_id"}
}

// ActivitiesOn are what happened to one record.
func ActivitiesOn(kind model.EntityType) Relation {
	return Relation{Column: "entity_id", Fixed: Is("entity_type", &kind)}
}
