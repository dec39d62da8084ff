-- Portable between SQLite and PostgreSQL: TEXT, BIGINT, INTEGER, BOOLEAN and TIMESTAMP only.
-- Ids are UUIDs of version 7 in text, made by us. Times are UTC, cut to microseconds.

CREATE TABLE users (
    id TEXT PRIMARY KEY NOT NULL,
    username TEXT NOT NULL,
    -- The username in lower case: names that differ only in case are one name.
    username_key TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE tokens (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- 'session' (a browser's cookie) or 'api' (a bearer token).
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    -- SHA-256 of the secret; the secret itself is shown once and never stored.
    secret_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX tokens_by_user ON tokens (user_id);

CREATE TABLE contests (
    id TEXT PRIMARY KEY NOT NULL,
    short_name TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE problems (
    id TEXT PRIMARY KEY NOT NULL,
    short_name TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    -- The version that new submissions are judged with.
    current_version INTEGER NOT NULL,
    -- A deleted problem keeps its row, so that its submissions stay readable.
    deleted_at TIMESTAMP
);

CREATE TABLE problem_versions (
    problem_id TEXT NOT NULL REFERENCES problems (id),
    version INTEGER NOT NULL,
    package_hash TEXT NOT NULL,
    title TEXT NOT NULL,
    -- The limits, as JSON.
    limits TEXT NOT NULL,
    -- What contestants may see of the package, as JSON.
    public_content TEXT NOT NULL,
    package_bytes BIGINT NOT NULL,
    test_count INTEGER NOT NULL,
    uploaded_by TEXT REFERENCES users (id),
    uploaded_at TIMESTAMP NOT NULL,
    PRIMARY KEY (problem_id, version)
);

CREATE TABLE contest_problems (
    contest_id TEXT NOT NULL REFERENCES contests (id),
    problem_id TEXT NOT NULL REFERENCES problems (id),
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (contest_id, problem_id)
);

CREATE TABLE submissions (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    problem_id TEXT NOT NULL REFERENCES problems (id),
    contest_id TEXT REFERENCES contests (id),
    language TEXT NOT NULL,
    code_bytes BIGINT NOT NULL,
    submitted_at TIMESTAMP NOT NULL,
    idempotency_key TEXT,
    -- SHA-256 of what was sent, to tell a repeated request from a key used twice.
    fingerprint TEXT NOT NULL,
    -- The sequence of the newest event; counting here serialises the numbering.
    last_sequence BIGINT NOT NULL,
    UNIQUE (user_id, idempotency_key)
);
CREATE INDEX submissions_by_user ON submissions (user_id, id);
CREATE INDEX submissions_by_problem ON submissions (problem_id, id);

CREATE TABLE submission_files (
    submission_id TEXT NOT NULL REFERENCES submissions (id),
    ordinal INTEGER NOT NULL,
    name TEXT NOT NULL,
    -- 'utf-8' where the content is text, 'base64' where it is not.
    encoding TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (submission_id, ordinal)
);

CREATE TABLE judgements (
    id TEXT PRIMARY KEY NOT NULL,
    submission_id TEXT NOT NULL REFERENCES submissions (id),
    -- One judgement of each submission is current: the one that counts.
    is_current BOOLEAN NOT NULL,
    package_hash TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Counts claims; every later write names the attempt it belongs to (fencing).
    attempt INTEGER NOT NULL,
    -- Which function holds it, and until when unless it renews.
    worker TEXT,
    lease_expires_at TIMESTAMP,
    verdict TEXT,
    error_kind TEXT,
    error_message TEXT,
    compile_output TEXT,
    tests_total INTEGER NOT NULL,
    cpu_ms BIGINT NOT NULL,
    wall_ms BIGINT NOT NULL,
    memory_bytes BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP
);
CREATE INDEX judgements_by_submission ON judgements (submission_id, id);

CREATE TABLE runs (
    judgement_id TEXT NOT NULL REFERENCES judgements (id),
    attempt INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    test_case TEXT NOT NULL,
    is_sample BOOLEAN NOT NULL,
    verdict TEXT NOT NULL,
    cpu_ms BIGINT NOT NULL,
    wall_ms BIGINT NOT NULL,
    memory_bytes BIGINT NOT NULL,
    ending TEXT NOT NULL,
    judge_message TEXT,
    team_message TEXT,
    finished_at TIMESTAMP NOT NULL,
    PRIMARY KEY (judgement_id, attempt, ordinal)
);

CREATE TABLE executions (
    judgement_id TEXT NOT NULL REFERENCES judgements (id),
    attempt INTEGER NOT NULL,
    cpu_ms BIGINT NOT NULL,
    wall_ms BIGINT NOT NULL,
    memory_bytes BIGINT NOT NULL,
    cold_start_ms BIGINT NOT NULL,
    queue_wait_ms BIGINT NOT NULL,
    transferred_bytes BIGINT NOT NULL,
    finished_at TIMESTAMP NOT NULL,
    PRIMARY KEY (judgement_id, attempt)
);

CREATE TABLE events (
    submission_id TEXT NOT NULL REFERENCES submissions (id),
    sequence BIGINT NOT NULL,
    judgement_id TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    -- What happened, as JSON.
    kind TEXT NOT NULL,
    PRIMARY KEY (submission_id, sequence)
);

-- Tasks on their way to a function: committed with the judgement they are for,
-- removed once the judgement has its verdict.
CREATE TABLE outbox (
    judgement_id TEXT PRIMARY KEY NOT NULL REFERENCES judgements (id),
    -- 0 is served first.
    lane_rank INTEGER NOT NULL,
    task TEXT NOT NULL,
    enqueued_at TIMESTAMP NOT NULL,
    -- Not to be taken before: a task handed back for a while.
    available_at TIMESTAMP NOT NULL,
    deliveries INTEGER NOT NULL,
    -- Taken by a scaler, which renews this while the function runs.
    taken_until TIMESTAMP
);
CREATE INDEX outbox_in_order ON outbox (lane_rank, judgement_id);
