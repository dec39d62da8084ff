-- How the execution ended: 'finished', 'failed', 'released', or 'lost' where it died and could not tell itself what it
-- used. Executors of an earlier version write only those that finished and failed.
ALTER TABLE executions ADD COLUMN ending TEXT NOT NULL DEFAULT 'finished';
UPDATE executions SET ending = 'failed'
    WHERE judgement_id IN (SELECT id FROM judgements WHERE state = 'failed');
CREATE INDEX executions_by_time ON executions (finished_at);

-- What is known of a failed judgement besides its error, and what the jury has done about it. Executors of an
-- earlier version make no row.
CREATE TABLE dead_letters (
    judgement_id TEXT PRIMARY KEY NOT NULL REFERENCES judgements (id),
    -- How often the task was delivered, as far as the database saw it; 0 where that is not known.
    deliveries INTEGER NOT NULL,
    ignored_by TEXT REFERENCES users (id),
    ignored_at TIMESTAMP,
    note TEXT,
    retried_by TEXT REFERENCES users (id),
    retried_at TIMESTAMP,
    -- The judgement that was made instead.
    retried_as TEXT REFERENCES judgements (id)
);
CREATE INDEX judgements_failed ON judgements (id) WHERE state = 'failed';
