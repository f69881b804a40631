DROP TABLE comment_mentions;
DROP TABLE case_watcher;
