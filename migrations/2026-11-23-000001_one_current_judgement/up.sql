-- One judgement of each submission is current: now the database sees to it.
CREATE UNIQUE INDEX judgements_current ON judgements (submission_id) WHERE is_current;
