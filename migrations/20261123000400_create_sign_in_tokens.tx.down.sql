DROP TABLE refresh_token;
DROP TABLE magic_link_token;
