-- Few judgements end in an error of the judge; the jury and monitoring look for them among all.
CREATE INDEX judgements_by_error ON judgements (error_kind) WHERE error_kind IS NOT NULL;
