DROP TABLE opportunity_contacts;
DROP TABLE opportunity_tags;
DROP TABLE opportunity_teams;
DROP TABLE opportunity_assigned_to;
DROP TABLE opportunity;
