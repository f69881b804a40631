DROP TABLE case_contacts;
DROP TABLE case_tags;
DROP TABLE case_teams;
DROP TABLE case_assigned_to;
DROP TABLE "case";
