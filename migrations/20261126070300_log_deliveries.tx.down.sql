ALTER TABLE "emailLogs" DROP attempts, DROP claimed_at, DROP failed_at, DROP sent_at;
