DROP INDEX judgements_current;
