CREATE INDEX board_task_created_at_idx ON board_task (org_id, created_at DESC, id DESC);
CREATE INDEX board_task_due_date_idx ON board_task (org_id, due_date, id);
