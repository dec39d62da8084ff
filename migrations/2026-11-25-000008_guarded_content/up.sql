-- What was set aside of a package that is not for everybody: how the problem is solved, for the jury, and the test
-- cases that are shown to those who failed on them.
ALTER TABLE problem_versions ADD COLUMN guarded_content TEXT NOT NULL DEFAULT '{}';
