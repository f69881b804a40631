DROP TABLE security_event;
DROP TABLE security_audit_log;
