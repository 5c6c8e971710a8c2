-- What a completion's checklist was, and what of it was ticked: the text as it was then.
CREATE TABLE ticket_checks (
    completion_id integer NOT NULL REFERENCES ticket_completions (id) ON DELETE CASCADE,
    position      smallint NOT NULL,
    text          varchar(75) NOT NULL,
    ticked        boolean NOT NULL,
    PRIMARY KEY (completion_id, position)
);
ALTER TABLE ticket_checks ENABLE ROW LEVEL SECURITY;
