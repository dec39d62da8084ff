-- Several functions may judge one submission. Who helps has a task and executions of its own, numbered from 1; 0 is the
-- judgement's own function. A primary key is changed by a new table: nothing else is understood by both databases.
CREATE TABLE outbox_of_helpers (
    judgement_id TEXT NOT NULL REFERENCES judgements (id),
    helper INTEGER NOT NULL DEFAULT 0,
    lane_rank INTEGER NOT NULL,
    task TEXT NOT NULL,
    enqueued_at TIMESTAMP NOT NULL,
    available_at TIMESTAMP NOT NULL,
    deliveries INTEGER NOT NULL,
    taken_until TIMESTAMP,
    user_id TEXT NOT NULL DEFAULT '',
    turn BIGINT NOT NULL DEFAULT 0,
    ahead BIGINT NOT NULL DEFAULT 0,
    published_at TIMESTAMP,
    PRIMARY KEY (judgement_id, helper)
);
INSERT INTO outbox_of_helpers
    SELECT judgement_id, 0, lane_rank, task, enqueued_at, available_at, deliveries, taken_until,
        user_id, turn, ahead, published_at
    FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_of_helpers RENAME TO outbox;
CREATE INDEX outbox_in_order ON outbox (lane_rank, turn, ahead, judgement_id);
CREATE INDEX outbox_unpublished ON outbox (lane_rank, turn, ahead, judgement_id) WHERE published_at IS NULL;
INSERT INTO turns (lane_rank, user_id, turn) VALUES (3, '', 0);

CREATE TABLE executions_of_helpers (
    judgement_id TEXT NOT NULL REFERENCES judgements (id),
    helper INTEGER NOT NULL DEFAULT 0,
    attempt INTEGER NOT NULL,
    cpu_ms BIGINT NOT NULL,
    wall_ms BIGINT NOT NULL,
    memory_bytes BIGINT NOT NULL,
    cold_start_ms BIGINT NOT NULL,
    queue_wait_ms BIGINT NOT NULL,
    transferred_bytes BIGINT NOT NULL,
    finished_at TIMESTAMP NOT NULL,
    ending TEXT NOT NULL DEFAULT 'finished',
    PRIMARY KEY (judgement_id, helper, attempt)
);
INSERT INTO executions_of_helpers
    SELECT judgement_id, 0, attempt, cpu_ms, wall_ms, memory_bytes, cold_start_ms, queue_wait_ms,
        transferred_bytes, finished_at, ending
    FROM executions;
DROP TABLE executions;
ALTER TABLE executions_of_helpers RENAME TO executions;
CREATE INDEX executions_by_time ON executions (finished_at);

-- Judgements whose test cases several functions may judge, while they are being judged.
CREATE TABLE fan_outs (
    judgement_id TEXT PRIMARY KEY NOT NULL REFERENCES judgements (id),
    -- The blob with the compiled submission, and its SHA-256.
    artefact TEXT NOT NULL,
    artefact_hash TEXT NOT NULL,
    -- What it was compiled with: it is of use only where that is the same.
    toolchain TEXT NOT NULL,
    -- What the compiler said, as JSON.
    compile TEXT NOT NULL
);

-- Their test cases that were not judged yet when they were opened to others.
CREATE TABLE fan_out_runs (
    judgement_id TEXT NOT NULL REFERENCES judgements (id),
    ordinal INTEGER NOT NULL,
    -- Which function judges it or has done so, and until when unless it renews.
    worker TEXT,
    lease_expires_at TIMESTAMP,
    -- What it came to, as JSON.
    result TEXT,
    PRIMARY KEY (judgement_id, ordinal)
);
