package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// mostStages bounds the stages of a pipeline, all of which a board shows.
const mostStages = 30

func stageOf[S any](s *S) *model.Stage {
	return any(s).(interface{ Common() *model.Stage }).Common()
}

// inOrder is the stages of a pipeline, without gaps. The pipeline is held by whoever changes it.
func (k Pipelined[T, P, S, V, K]) inOrder() sequence { return sequence{k.stages.name(), "pipeline_id"} }

func (k Pipelined[T, P, S, V, K]) checkStage(ctx context.Context, c *Change[S]) error {
	s := stageOf(c.Row)
	if !hexColor.MatchString(s.Color) {
		return fault.Field("color", "must be # and six hexadecimal digits")
	}
	if _, status := k.typed(c.Row); status != nil && !slices.ContainsFunc(k.phases, func(p phase[V, K]) bool { return p.value == *status }) {
		return fault.Field("mapsToStatus", "boards do not show records of this status")
	}
	if !c.Created() {
		return nil
	}
	if err := k.hold(ctx, c.viewer, s.PipelineID); err != nil {
		return err
	}
	n, err := k.inOrder().others(ctx, c.viewer, s.PipelineID, s.ID)
	if err == nil && n >= mostStages {
		err = fault.Field("pipelineId", "a pipeline takes at most %d stages", mostStages)
	}
	s.Position = n
	return err
}

// hold has a pipeline wait for the end of the transaction.
func (k Pipelined[T, P, S, V, K]) hold(ctx context.Context, v *tenant.Viewer, key [16]byte) error {
	if _, err := tenant.Exec(ctx, "SELECT id FROM "+k.pipelines.name()+" WHERE org_id = $1 AND id = $2 FOR UPDATE", [16]byte(v.OrgID), key); err != nil {
		return fmt.Errorf("hold the pipeline: %w", err)
	}
	return nil
}

// DeleteStage deletes a stage in which no record stands.
func (k Pipelined[T, P, S, V, K]) DeleteStage(ctx context.Context, key [16]byte) error {
	s, err := begin(ctx, k.stages.Resource, "write")
	if err != nil {
		return err
	}
	var pipelines []id.ID
	if err := tenant.Select(ctx, &pipelines, "SELECT pipeline_id FROM "+k.stages.name()+" WHERE org_id = $1 AND id = $2", s.args[0], key); err != nil {
		return fmt.Errorf("look for the stage's pipeline: %w", err)
	}
	if len(pipelines) == 0 {
		return k.stages.notFound()
	}
	if err := k.hold(ctx, s.viewer, pipelines[0]); err != nil {
		return err
	}
	if err := k.stages.Delete(ctx, key); err != nil {
		return err
	}
	return k.inOrder().closeGap(ctx, s.viewer, pipelines[0], key)
}

// keepRecords refuses to delete a stage in which records stand. Its row is locked, so none comes in meanwhile.
func (k Pipelined[T, P, S, V, K]) keepRecords(ctx context.Context, row *S) error {
	s := stageOf(row)
	var n int
	if err := tenant.Select(ctx, &n, "SELECT count(*) FROM "+k.records.name()+" WHERE org_id = $1 AND stage_id = $2", [16]byte(s.OrgID), [16]byte(s.ID)); err != nil {
		return fmt.Errorf("count the records in a stage: %w", err)
	}
	if n > 0 {
		return fault.New(fault.Conflict, "there are %ss in the stage (%d); move them first", k.records.Noun, n)
	}
	return nil
}
