-- Submissions that are judged again together. Its row stays: it says who did what, when and why.
CREATE TABLE rejudgings (
    id TEXT PRIMARY KEY NOT NULL,
    reason TEXT NOT NULL,
    -- 'preview' or 'direct'.
    kind TEXT NOT NULL,
    -- Which submissions were asked for, as JSON.
    filter TEXT NOT NULL,
    -- How many there are.
    total BIGINT NOT NULL,
    made_by TEXT NOT NULL REFERENCES users (id),
    made_at TIMESTAMP NOT NULL,
    -- Judgements are made in batches, in the order of their submissions: up to here, and whether all are.
    made_up_to TEXT NOT NULL,
    is_made BOOLEAN NOT NULL,
    -- 'applied' or 'cancelled', where somebody has done so.
    closed_as TEXT,
    closed_by TEXT REFERENCES users (id),
    closed_at TIMESTAMP,
    note TEXT
);

-- Fixed when the rejudging is made, whatever is submitted or uploaded later.
CREATE TABLE rejudged_submissions (
    rejudging_id TEXT NOT NULL REFERENCES rejudgings (id),
    submission_id TEXT NOT NULL REFERENCES submissions (id),
    -- The version of the problem to judge with.
    problem_version INTEGER NOT NULL,
    -- The judgement that was current.
    replaces TEXT NOT NULL REFERENCES judgements (id),
    -- What became of it when a preview was applied.
    outcome TEXT,
    PRIMARY KEY (rejudging_id, submission_id)
);

-- Which rejudging made the judgement. No reference, with which SQLite could not take the column away again.
ALTER TABLE judgements ADD COLUMN rejudging_id TEXT;
-- Not current and not to be heard of by contestants, unless its rejudging is applied.
ALTER TABLE judgements ADD COLUMN is_preview BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX judgements_by_rejudging ON judgements (rejudging_id, submission_id) WHERE rejudging_id IS NOT NULL;

-- What happened to previews. It is no part of what is told of their submissions, whose events are counted without gaps.
CREATE TABLE preview_events (
    judgement_id TEXT NOT NULL REFERENCES judgements (id),
    sequence BIGINT NOT NULL,
    at TIMESTAMP NOT NULL,
    -- What happened, as JSON.
    kind TEXT NOT NULL,
    PRIMARY KEY (judgement_id, sequence)
);
