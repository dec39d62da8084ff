ALTER TABLE contests DROP COLUMN score_rule;
