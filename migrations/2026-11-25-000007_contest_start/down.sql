ALTER TABLE contests DROP COLUMN start_time;
