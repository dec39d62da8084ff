DROP TABLE turns;
DROP INDEX outbox_unpublished;
DROP INDEX outbox_in_order;
CREATE INDEX outbox_in_order ON outbox (lane_rank, judgement_id);
ALTER TABLE outbox DROP COLUMN published_at;
ALTER TABLE outbox DROP COLUMN ahead;
ALTER TABLE outbox DROP COLUMN turn;
ALTER TABLE outbox DROP COLUMN user_id;
