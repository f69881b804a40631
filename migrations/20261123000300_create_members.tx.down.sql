DROP TABLE profile;
DROP TABLE address;
