DROP TABLE portal_access_token;
DROP TABLE personal_access_token;
