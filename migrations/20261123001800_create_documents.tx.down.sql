DROP TABLE document_teams;
DROP TABLE document_shared_to;
DROP TABLE document;
