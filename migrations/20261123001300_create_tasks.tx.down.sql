DROP TABLE task_contacts;
DROP TABLE task_tags;
DROP TABLE task_teams;
DROP TABLE task_assigned_to;
DROP TABLE task;
