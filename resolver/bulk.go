package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// What came of writes of many records, as the schema tells it.

func caseResults(outcomes []store.Outcome[model.Case]) []*graph.CaseResult {
	out := make([]*graph.CaseResult, len(outcomes))
	for i, o := range outcomes {
		out[i] = &graph.CaseResult{ID: o.ID, Case: o.Row, Errors: itemErrors(o.Refusal)}
	}
	return out
}

func itemErrors(refusal []*fault.Error) []*graph.ItemError {
	out := make([]*graph.ItemError, len(refusal))
	for i, f := range refusal {
		out[i] = &graph.ItemError{Code: graph.ErrorCode(f.Code), Message: f.Message}
		if f.Field != "" {
			out[i].Field = &f.Field
		}
	}
	return out
}
