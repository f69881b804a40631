DROP TABLE organization;
DROP TABLE users;
