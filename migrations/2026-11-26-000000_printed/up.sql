-- What a submission wrote to standard output, its beginning, and to standard error, its end, in runs that were not accepted.
ALTER TABLE runs ADD COLUMN output TEXT;
ALTER TABLE runs ADD COLUMN error_output TEXT;
