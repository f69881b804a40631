DROP TABLE board_task_assigned_to;
DROP TABLE board_task;
DROP TABLE board_column;
DROP TABLE board_member;
DROP TABLE board;
