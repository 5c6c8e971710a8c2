-- Two customers who look alike and aren't the same, as a Manager said.
CREATE TABLE app.distinct_customers (
    first_id   integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    second_id  integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    decided_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (first_id, second_id),
    CONSTRAINT distinct_customers_order_check CHECK (first_id < second_id)
);
CREATE INDEX distinct_customers_second_id_idx ON app.distinct_customers (second_id);
ALTER TABLE app.distinct_customers ENABLE ROW LEVEL SECURITY;
