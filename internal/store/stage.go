package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
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
	if _, err := k.pipelines.lock(ctx, s.PipelineID, nil); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	n, err := k.inOrder().others(ctx, s.OrgID, s.PipelineID, s.ID)
	if err == nil && n >= mostStages {
		err = fault.Field("pipelineId", "a pipeline takes at most %d stages", mostStages)
	}
	s.Position = n
	return err
}

// DeleteStage deletes a stage in which no record stands.
func (k Pipelined[T, P, S, V, K]) DeleteStage(ctx context.Context, key [16]byte) error {
	if err := holdWhole(ctx, k.pipelines, k.stages, key); err != nil {
		return err
	}
	return k.stages.Delete(ctx, key)
}

// leavePipeline refuses to delete a stage in which records stand, and closes the gap that one leaves. The stage's row is
// locked, so none comes in meanwhile.
func (k Pipelined[T, P, S, V, K]) leavePipeline(ctx context.Context, row *S) error {
	s := stageOf(row)
	var n int
	if err := tenant.Select(ctx, &n, "SELECT count(*) FROM "+k.records.name()+" WHERE org_id = $1 AND stage_id = $2", [16]byte(s.OrgID), [16]byte(s.ID)); err != nil {
		return fmt.Errorf("count the records in a stage: %w", err)
	}
	if n > 0 {
		return fault.New(fault.Conflict, "there are %ss in the stage (%d); move them first", k.records.Noun, n)
	}
	return k.inOrder().closeGap(ctx, s.OrgID, s.PipelineID, s.ID)
}
