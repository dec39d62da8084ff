-- From when on contestants may see the contest's problems and submit to them; NULL where it has always begun.
ALTER TABLE contests ADD COLUMN start_time TIMESTAMP;
