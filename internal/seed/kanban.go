package seed

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// kanban gives each kind of records its default pipeline, and the records their places on the boards.
func (w *writer) kanban(ctx context.Context) error {
	w.become(w.founder.crew[0].user)
	leads, err := furnish(ctx, store.LeadPipelines, &model.LeadPipeline{Pipeline: usual("Sales", "From the first call to an order.")},
		store.LeadStages, func(s *model.LeadStage) (id.ID, *model.LeadStatus) { return s.ID, s.MapsToStatus })
	if err != nil {
		return err
	}
	cases, err := furnish(ctx, store.CasePipelines, &model.CasePipeline{Pipeline: usual("Support", "What customers ask for.")},
		store.CaseStages, func(s *model.CaseStage) (id.ID, *model.CaseStatus) { return s.ID, s.MapsToStatus })
	if err != nil {
		return err
	}
	tasks, err := furnish(ctx, store.TaskPipelines, &model.TaskPipeline{Pipeline: usual("Work", "What the office does from day to day.")},
		store.TaskStages, func(s *model.TaskStage) (id.ID, *model.TaskStatus) { return s.ID, s.MapsToStatus })
	if err != nil {
		return err
	}
	if err := settle(ctx, store.Leads, leads, func(l *model.Lead) model.LeadStatus { return l.Status }); err != nil {
		return err
	}
	if err := settle(ctx, store.Cases, cases, func(c *model.Case) model.CaseStatus { return c.Status }); err != nil {
		return err
	}
	if err := settle(ctx, store.Tasks, tasks, func(t *model.Task) model.TaskStatus { return t.Status }); err != nil {
		return err
	}
	return settle(ctx, store.Opportunities, nil, func(o *model.Opportunity) model.OpportunityStage { return o.Stage })
}

func usual(name, description string) model.Pipeline {
	return model.Pipeline{Name: name, Description: &description, IsDefault: true, IsActive: true, WithDefaultStages: true}
}

// furnish makes a pipeline and gives the stages that stand for each status.
func furnish[P, S any, V ~string](ctx context.Context, pipelines *store.Entity[P], p *P, stages *store.Entity[S], of func(*S) (id.ID, *V)) (map[V][]id.ID, error) {
	if _, err := pipelines.Insert(ctx, p, nil); err != nil {
		return nil, fmt.Errorf("store a %s: %w", pipelines.Noun, err)
	}
	key := any(p).(interface{ Key() [16]byte }).Key()
	found, err := stages.AllOf(ctx, [][16]byte{key}, "", stages.Parts())
	if err != nil {
		return nil, err
	}
	out := map[V][]id.ID{}
	for _, s := range found[key] {
		if stage, status := of(s); status != nil {
			out[*status] = append(out[*status], stage)
		}
	}
	return out, nil
}

// settle moves records into the stages of their statuses, by turns where there are several, or just into an order.
func settle[T any, V ~string](ctx context.Context, e *store.Entity[T], stages map[V][]id.ID, status func(*T) V) error {
	all, err := e.List(ctx, page.Args{First: new(page.MaxSize)}, nil)
	if err != nil {
		return err
	}
	turns := map[V]int{}
	for _, r := range all.Nodes() {
		at := status(r)
		to := store.Target{Status: new(string(at))}
		if in := stages[at]; len(in) > 0 {
			to.Stage = &in[turns[at]%len(in)]
			turns[at]++
		} else if stages != nil {
			continue
		}
		if _, err := e.Move(ctx, any(r).(interface{ Key() [16]byte }).Key(), nil, to); err != nil {
			return fmt.Errorf("move a %s: %w", e.Noun, err)
		}
	}
	return nil
}
