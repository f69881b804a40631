DROP TABLE attachments;
DROP TABLE "commentFiles";
DROP TABLE comment;
