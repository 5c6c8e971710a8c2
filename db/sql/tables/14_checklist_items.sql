-- What is to be checked before a ticket is completed. category NULL: of every ticket, else of those of that category.
CREATE TABLE checklist_items (
    id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    category varchar(100),
    position smallint NOT NULL,
    text     varchar(75) NOT NULL,                -- what Slack's checkboxes hold
    active   boolean NOT NULL DEFAULT true,       -- taken off the list it stays, for when it comes back
    CONSTRAINT checklist_items_category_check CHECK (btrim(category) <> ''),
    CONSTRAINT checklist_items_position_check CHECK (position BETWEEN 1 AND 10),
    CONSTRAINT checklist_items_text_check CHECK (btrim(text) <> ''),
    CONSTRAINT checklist_items_text_key UNIQUE NULLS NOT DISTINCT (category, text)
);
ALTER TABLE checklist_items ENABLE ROW LEVEL SECURITY;
