-- Points, of problems that give them; NULL for all others.
ALTER TABLE judgements ADD COLUMN score DOUBLE PRECISION;
ALTER TABLE runs ADD COLUMN score DOUBLE PRECISION;
-- What each test data group came to, and whether contestants are shown it, as JSON.
ALTER TABLE judgements ADD COLUMN group_results TEXT;
-- What an interactive submission and the validator said, its beginning.
ALTER TABLE runs ADD COLUMN transcript TEXT;
