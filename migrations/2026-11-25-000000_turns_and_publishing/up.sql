-- Whose task it is, and its turn among the tasks of its lane: one who sends many gets later turns.
ALTER TABLE outbox ADD COLUMN user_id TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
-- Since when a broker has it; NULL where it waits here.
ALTER TABLE outbox ADD COLUMN published_at TIMESTAMP;
DROP INDEX outbox_in_order;
CREATE INDEX outbox_in_order ON outbox (lane_rank, turn, judgement_id);
CREATE INDEX outbox_by_user ON outbox (user_id, lane_rank, turn);
CREATE INDEX outbox_unpublished ON outbox (lane_rank, turn, judgement_id) WHERE published_at IS NULL;
