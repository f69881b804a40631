package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Pipelines are the stages that records go through (domain: C.9). Those of leads, cases and tasks are three pairs of tables
// with one shape, and what holds for all of them is here and in stage.go. Every member reads them, admins write.
//
// Whoever changes which stages a pipeline has, or in which order, holds the pipeline first. A record that comes into a stage
// holds both, the pipeline before the stage (standing.go).

// Pipelined is a kind of records with its pipelines and their stages.
type Pipelined[T, P, S any, V, K ~string] struct {
	records   *Entity[T]
	pipelines *Entity[P]
	stages    *Entity[S]
	first     []S              // of a new pipeline
	typed     func(*S) (K, *V) // what a stage is, and the status that it gives
	phases    []phase[V, K]    // the statuses, as columns of a board
}

func (k Pipelined[T, P, S, V, K]) define() {
	*k.pipelines = Entity[P]{
		Noun: k.records.Noun + " pipeline", Resource: "pipelines",
		Order:    map[string]string{"CREATED_AT": "created_at", "NAME": "name"},
		Default:  page.Order{Field: "NAME", Direction: "ASC"},
		MayWrite: adminsOnly,
		Fresh:    func(p *P) { pipelineOf(p).IsActive = true },
		Check:    k.checkPipeline,
		After:    k.furnish,
	}
	*k.stages = Entity[S]{
		Noun: k.records.Noun + " stage", Resource: "pipelines", Parent: "pipeline_id",
		Order:        map[string]string{"POSITION": "sort_order"},
		Default:      ByPosition,
		Refs:         []Ref{{"PipelineID", k.pipelines}},
		MayWrite:     adminsOnly,
		Check:        k.checkStage,
		BeforeDelete: k.leavePipeline,
	}
}

func pipelineOf[P any](p *P) *model.Pipeline {
	return any(p).(interface{ Common() *model.Pipeline }).Common()
}

// Deactivate is what deleting a pipeline comes to.
func (k Pipelined[T, P, S, V, K]) Deactivate(ctx context.Context, key [16]byte) (*P, error) {
	return k.pipelines.Modify(ctx, key, nil, func(p *P) (patch.Set, error) {
		pipelineOf(p).IsActive = false
		return patch.Set{"IsActive": true}, nil
	})
}

func (k Pipelined[T, P, S, V, K]) checkPipeline(ctx context.Context, c *Change[P]) error {
	p := pipelineOf(c.Row)
	if !p.IsActive {
		if p.IsDefault && c.Set["IsDefault"] {
			return fault.Field("isDefault", "a deactivated pipeline cannot be the default")
		}
		p.IsDefault = false
		return k.standsEmpty(ctx, c.viewer, p.ID)
	}
	if p.IsDefault && (c.Created() || !pipelineOf(c.Before).IsDefault) {
		return k.pipelines.yieldDefault(ctx, c)
	}
	return nil
}

// standsEmpty refuses a pipeline in whose stages records stand.
func (k Pipelined[T, P, S, V, K]) standsEmpty(ctx context.Context, v *tenant.Viewer, key [16]byte) error {
	var n int
	if err := tenant.Select(ctx, &n, "SELECT count(*) FROM "+k.stages.name()+" AS s JOIN "+k.records.name()+" AS t ON t.org_id = $1 AND t.stage_id = s.id"+
		" WHERE s.org_id = $1 AND s.pipeline_id = $2", [16]byte(v.OrgID), key); err != nil {
		return fmt.Errorf("count the records in a pipeline: %w", err)
	}
	if n > 0 {
		return fault.New(fault.Conflict, "there are %ss in the pipeline (%d); move them first", k.records.Noun, n)
	}
	return nil
}

// furnish gives a new pipeline its first stages.
func (k Pipelined[T, P, S, V, K]) furnish(ctx context.Context, c *Change[P]) error {
	p := pipelineOf(c.Row)
	if !c.Created() || !p.WithDefaultStages {
		return nil
	}
	stages := make([]*S, len(k.first))
	for i := range k.first {
		stages[i] = new(k.first[i])
		s := stageOf(stages[i])
		s.PipelineID, s.Position = p.ID, i
		stamp(ctx, c.viewer, &s.Base)
	}
	return k.stages.insertRows(ctx, c.viewer, stages)
}

// Reorder puts the stages of a pipeline in another order. All must be named: who saw fewer has not seen what they change.
func (k Pipelined[T, P, S, V, K]) Reorder(ctx context.Context, key [16]byte, version *int, ids []id.ID) (*P, error) {
	return k.pipelines.Modify(ctx, key, version, func(p *P) (patch.Set, error) {
		org := [16]byte(pipelineOf(p).OrgID)
		var has []id.ID
		if err := tenant.Select(ctx, &has, "SELECT id FROM "+k.stages.name()+" WHERE org_id = $1 AND pipeline_id = $2", org, key); err != nil {
			return nil, fmt.Errorf("look at the stages: %w", err)
		}
		had, wanted := bindable(has).([][16]byte), bindable(ids).([][16]byte)
		if len(had) != len(wanted) || len(without(had, wanted)) > 0 {
			return nil, fault.Field("stageIds", "must name each of the pipeline's %d stages once, and no other", len(had))
		}
		_, err := tenant.Exec(ctx, "UPDATE "+k.stages.name()+" AS t SET sort_order = o.place - 1 FROM unnest($2::uuid[]) WITH ORDINALITY AS o(id, place)"+
			" WHERE t.org_id = $1 AND t.id = o.id AND t.sort_order <> o.place - 1", org, wanted)
		if err != nil {
			return nil, fmt.Errorf("put the stages in order: %w", err)
		}
		return nil, nil //nolint:nilnil // that its stages are in another order is no change of the pipeline's own row
	})
}
