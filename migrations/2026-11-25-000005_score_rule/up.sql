-- Which of a contestant's submissions to a problem that gives scores counts: 'best' or 'last'.
ALTER TABLE contests ADD COLUMN score_rule TEXT NOT NULL DEFAULT 'best';
