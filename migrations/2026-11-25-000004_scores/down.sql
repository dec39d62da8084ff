ALTER TABLE runs DROP COLUMN transcript;
ALTER TABLE runs DROP COLUMN score;
ALTER TABLE judgements DROP COLUMN group_results;
ALTER TABLE judgements DROP COLUMN score;
