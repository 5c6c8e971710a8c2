-- When the shop is open, by its own clock. No row: closed on that day of the week.
CREATE TABLE shop_hours (
    weekday smallint PRIMARY KEY,                -- 1: Monday .. 7: Sunday
    opens   time NOT NULL,
    closes  time NOT NULL,
    CONSTRAINT shop_hours_weekday_check CHECK (weekday BETWEEN 1 AND 7),
    CONSTRAINT shop_hours_closes_check CHECK (closes > opens AND closes < '24:00')   -- which other programs can't read
);
ALTER TABLE shop_hours ENABLE ROW LEVEL SECURITY;
