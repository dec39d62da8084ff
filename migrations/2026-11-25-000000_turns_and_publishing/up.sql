-- Whose task it is, and its place in its lane: lanes go round in turns, and a user has one task in a turn.
ALTER TABLE outbox ADD COLUMN user_id TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
-- How many turns that was ahead when it came: in one turn, who waited for none is served first.
ALTER TABLE outbox ADD COLUMN ahead BIGINT NOT NULL DEFAULT 0;
-- Since when a broker has it; NULL where it waits here.
ALTER TABLE outbox ADD COLUMN published_at TIMESTAMP;
DROP INDEX outbox_in_order;
CREATE INDEX outbox_in_order ON outbox (lane_rank, turn, ahead, judgement_id);
CREATE INDEX outbox_unpublished ON outbox (lane_rank, turn, ahead, judgement_id) WHERE published_at IS NULL;

-- The last turn that each user was given in a lane; for the user '', the turn that the lane is at.
CREATE TABLE turns (
    lane_rank INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    turn BIGINT NOT NULL,
    PRIMARY KEY (lane_rank, user_id)
);
INSERT INTO turns (lane_rank, user_id, turn) VALUES (0, '', 0), (1, '', 0), (2, '', 0);
