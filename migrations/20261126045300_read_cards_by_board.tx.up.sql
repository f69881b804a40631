-- A list of cards holds those of the viewer's boards, which are few, and all of them are read and sorted. An index of the
-- organization's cards in the order of the list would lead past everybody else's.
DROP INDEX board_task_created_at_idx;
DROP INDEX board_task_due_date_idx;
