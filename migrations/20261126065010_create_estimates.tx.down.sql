DROP TABLE estimate_line_item;
DROP TABLE estimate_teams;
DROP TABLE estimate_assigned_to;
DROP TABLE estimate;
