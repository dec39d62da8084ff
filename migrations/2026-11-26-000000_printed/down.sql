ALTER TABLE runs DROP COLUMN error_output;
ALTER TABLE runs DROP COLUMN output;
