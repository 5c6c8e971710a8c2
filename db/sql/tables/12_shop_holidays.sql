-- Days on which the shop is closed whatever the day of the week.
CREATE TABLE shop_holidays (
    day  date PRIMARY KEY,
    name varchar(100) NOT NULL,
    CONSTRAINT shop_holidays_day_check CHECK (day BETWEEN '1970-01-01' AND '9999-12-31'),
    CONSTRAINT shop_holidays_name_check CHECK (btrim(name) <> '')
);
ALTER TABLE shop_holidays ENABLE ROW LEVEL SECURITY;
