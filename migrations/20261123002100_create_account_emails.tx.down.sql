DROP TABLE "emailLogs";
DROP TABLE account_email_recipients;
DROP TABLE account_email;
