DROP INDEX judgements_failed;
DROP TABLE dead_letters;
DROP INDEX executions_by_time;
ALTER TABLE executions DROP COLUMN ending;
