DROP INDEX judgements_by_error;
