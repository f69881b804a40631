DROP INDEX lead_status_idx, opportunity_stage_idx, case_status_idx, task_status_idx;
CREATE INDEX lead_status_idx ON lead (org_id, status, kanban_order, id);
CREATE INDEX opportunity_stage_idx ON opportunity (org_id, stage, kanban_order, id);
CREATE INDEX case_status_idx ON "case" (org_id, status, kanban_order, id);
CREATE INDEX task_status_idx ON task (org_id, status, kanban_order, id);

ALTER TABLE lead DROP stage_id, DROP kanban_place;
ALTER TABLE "case" DROP stage_id, DROP kanban_place;
ALTER TABLE task DROP stage_id, DROP kanban_place;
ALTER TABLE opportunity DROP kanban_place;

DROP TABLE lead_stage, lead_pipeline, case_stage, case_pipeline, task_stage, task_pipeline;
