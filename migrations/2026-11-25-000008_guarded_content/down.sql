ALTER TABLE problem_versions DROP COLUMN guarded_content;
