DROP TABLE fan_out_runs;
DROP TABLE fan_outs;

CREATE TABLE executions_alone (
    judgement_id TEXT NOT NULL REFERENCES judgements (id),
    attempt INTEGER NOT NULL,
    cpu_ms BIGINT NOT NULL,
    wall_ms BIGINT NOT NULL,
    memory_bytes BIGINT NOT NULL,
    cold_start_ms BIGINT NOT NULL,
    queue_wait_ms BIGINT NOT NULL,
    transferred_bytes BIGINT NOT NULL,
    finished_at TIMESTAMP NOT NULL,
    ending TEXT NOT NULL DEFAULT 'finished',
    PRIMARY KEY (judgement_id, attempt)
);
INSERT INTO executions_alone
    SELECT judgement_id, attempt, cpu_ms, wall_ms, memory_bytes, cold_start_ms, queue_wait_ms,
        transferred_bytes, finished_at, ending
    FROM executions WHERE helper = 0;
DROP TABLE executions;
ALTER TABLE executions_alone RENAME TO executions;
CREATE INDEX executions_by_time ON executions (finished_at);

DELETE FROM turns WHERE lane_rank = 3;
CREATE TABLE outbox_alone (
    judgement_id TEXT PRIMARY KEY NOT NULL REFERENCES judgements (id),
    lane_rank INTEGER NOT NULL,
    task TEXT NOT NULL,
    enqueued_at TIMESTAMP NOT NULL,
    available_at TIMESTAMP NOT NULL,
    deliveries INTEGER NOT NULL,
    taken_until TIMESTAMP,
    user_id TEXT NOT NULL DEFAULT '',
    turn BIGINT NOT NULL DEFAULT 0,
    ahead BIGINT NOT NULL DEFAULT 0,
    published_at TIMESTAMP
);
INSERT INTO outbox_alone
    SELECT judgement_id, lane_rank, task, enqueued_at, available_at, deliveries, taken_until,
        user_id, turn, ahead, published_at
    FROM outbox WHERE helper = 0;
DROP TABLE outbox;
ALTER TABLE outbox_alone RENAME TO outbox;
CREATE INDEX outbox_in_order ON outbox (lane_rank, turn, ahead, judgement_id);
CREATE INDEX outbox_unpublished ON outbox (lane_rank, turn, ahead, judgement_id) WHERE published_at IS NULL;
