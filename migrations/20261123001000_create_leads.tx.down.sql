DROP TABLE lead_contacts;
DROP TABLE lead_tags;
DROP TABLE lead_teams;
DROP TABLE lead_assigned_to;
DROP TABLE lead;
