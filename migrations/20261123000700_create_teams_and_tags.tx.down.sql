DROP TABLE tags;
DROP TABLE teams_users;
DROP TABLE teams;
