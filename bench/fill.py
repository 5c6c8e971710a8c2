"""A shop of any size, the same each time: people, customers and tickets, by set-based SQL.

Only the age differs: four tickets come at a moment every twenty minutes, about 2,000 are open, and there are ten to a
customer, so that 10,000 tickets are five weeks of this shop and 1,000,000 nearly ten years.

It is written as the owner with every trigger off (``session_replication_role``): one INSERT of a million rows would
otherwise write a million lines into the audit trail and as many notifications. Foreign keys are triggers, too, so the
rows refer to each other by construction; checks and generated columns hold as always.
"""

from typing import Final

import psycopg

TEAM: Final = "T0BENCH"
NEWCOMERS: Final = 40  # tickets of the technician and of the clerk who have just begun
TALK: Final = "Customer asks for a repair and a call back. Serial number"
RARE: Final = "zq"  # before the number of a ticket's serial number, which stands in that ticket alone

_PEOPLE: Final = """
INSERT INTO shop_settings (key, value) VALUES ('slack_team_id', %(team)s)
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value;
INSERT INTO user_permissions (kinde_user_id, slack_user_id, display_name, email, role, last_login)
SELECT 'kp_' || handle, 'U0' || upper(handle), initcap(handle), handle || '@shop.example', role, now()
  FROM (SELECT 'manager' AS handle, 'Manager' AS role
        UNION ALL SELECT 'viewer', 'Viewer'
        UNION ALL SELECT 'tech' || n, 'Technician' FROM generate_series(0, 19) n
        UNION ALL SELECT 'newtech', 'Technician'
        UNION ALL SELECT 'clerk' || n, 'Regular User' FROM generate_series(0, 4) n
        UNION ALL SELECT 'newclerk', 'Regular User') p
"""

# Will is a stop word of English; one name stands only once.
_CUSTOMERS: Final = """
INSERT INTO customers (id, first_name, last_name, email, phone, address1, city, state, zip,
                       active, created_at, updated_at)
SELECT n, first, last, lower(first || '.' || last) || n || '@example.com',
       format('(%%s) %%s-%%s', 200 + n %% 700, 200 + n / 700 %% 700, lpad((n * 7919 %% 10000)::text, 4, '0')),
       n || ' Main St', 'Oakland', 'CA', '94607', n %% 50 <> 0, at, at
  FROM (SELECT n, CASE WHEN n = rare THEN 'Zbigniew' ELSE firsts[1 + n %% 20] END AS first,
               CASE WHEN n = rare THEN 'Quixley' ELSE lasts[1 + n / 20 %% 25] END AS last,
               now() - (%(customers)s - n) * interval '50 minutes' AS at
          FROM generate_series(1, %(customers)s) n,
               (SELECT %(customers)s / 2 + 1 AS rare,
                       string_to_array('Ana Omar Grace June Tom Rita Victor Maria Will Don Mei Ivan Sara Luis Nora '
                                       'Paul Aisha Kofi Lena Hugo', ' ') AS firsts,
                       string_to_array('Hill Diaz Park Reed Bell Hale Lopez Chen Okafor Novak Silva Khan Meyer '
                                       'Rossi Dubois Sato Kim Singh Ali Costa Berg Moreau Ivanov Haddad Walsh',
                                       ' ') AS lasts) names) x
"""

# "laptop" stands in one of ten tickets, "liquid" in one of a hundred, "hinge" in one of a thousand, "floppy" in the
# oldest tenth only, a serial number once. h scatters what belongs together.
_TICKETS: Final = """
INSERT INTO tickets (id, customer_id, title, description, completed, tech, priority, category, estimated_hours,
                     actual_hours, created_by, created_at, updated_at, completed_at, bench_status)
SELECT n, 1 + h %% %(customers)s, kind || ' ' || (faults)[1 + h / 13 %% 5],
       %(talk)s || ' zq' || n || ', model ' || (models)[1 + h / 17 %% 5]
           || CASE WHEN n <= %(tickets)s / 10 THEN ', with a floppy drive' ELSE '' END
           || CASE WHEN h / 20 %% 100 = 7 THEN ', liquid inside' ELSE '' END
           || CASE WHEN h / 20 %% 1000 = 11 THEN ', broken hinge' ELSE '' END || '.',
       NOT open,
       CASE WHEN open AND h %% 4 = 0 THEN 'unassigned' WHEN new AND n %% 20 = 1 THEN 'newtech@shop.example'
            ELSE 'tech' || h %% 20 || '@shop.example' END,
       (ARRAY['low', 'medium', 'high', 'urgent'])[1 + h / 7 %% 4],
       CASE WHEN n %% 100000 = 5001 THEN 'heirloom'
            ELSE (ARRAY['hardware', 'software', 'network', 'data'])[1 + h / 3 %% 4] END,
       1 + h %% 5, CASE WHEN NOT open THEN 0.5 + h %% 6 END,
       CASE WHEN new AND n %% 20 = 2 THEN 'kp_newclerk' ELSE 'kp_clerk' || h / 11 %% 5 END,
       at, at, CASE WHEN NOT open THEN LEAST(at + (1 + h %% 72) * interval '1 hour', now()) END,
       CASE WHEN NOT open THEN 'collected'
            ELSE (ARRAY['received', 'diagnosing', 'waiting_parts', 'in_repair'])[1 + h / 23 %% 4] END
  FROM (SELECT n, h, CASE WHEN h / 20 %% 10 = 3 THEN 'Laptop' ELSE (kinds)[1 + h / 5 %% 5] END AS kind, faults, models,
               n > %(tickets)s - 2000 OR n %% 5000 = 0 AS open, n > %(tickets)s - 20 * %(newcomers)s AS new,
               now() - (%(tickets)s - n) / 4 * interval '20 minutes' AS at
          FROM (SELECT n, n::bigint * 2654435761 %% 4294967296 / 64 AS h FROM generate_series(1, %(tickets)s) n) s,
               (SELECT ARRAY['Desktop', 'Printer', 'Phone', 'Tablet', 'Router'] AS kinds,
                       ARRAY['does not start', 'is slow', 'overheats', 'shows a blue screen', 'makes noise'] AS faults,
                       ARRAY['ThinkPad X1', 'Pavilion', 'Aspire', 'Latitude', 'Galaxy'] AS models) words) x
"""

_INDEXES: Final = """
SELECT format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
  FROM pg_index i
 WHERE i.indrelid IN ('tickets'::regclass, 'customers'::regclass) AND NOT i.indisprimary
"""
_AFTERWARDS: Final = (
    "SELECT setval(pg_get_serial_sequence('customers', 'id'), max(id)) FROM customers",
    "SELECT setval(pg_get_serial_sequence('tickets', 'id'), max(id)) FROM tickets",
    "VACUUM (ANALYZE) tickets, customers, user_permissions, shop_settings",
)


def fill(dsn: str, tickets: int, *, talk: str = TALK) -> None:
    """Fill the migrated, empty database at ``dsn``, where the login is a superuser's, with so many tickets.

    ``talk`` begins each description, so that its words are those of every ticket. Most of the time goes into them.
    """
    facts = {
        "team": TEAM,
        "tickets": tickets,
        "customers": max(tickets // 10, 1),
        "newcomers": NEWCOMERS,
        "talk": talk,
    }
    with psycopg.connect(dsn, autocommit=True) as owner:
        with owner.transaction():
            owner.execute("SET LOCAL session_replication_role = replica")
            indexes = owner.execute(_INDEXES).fetchall()  # made anew afterwards, which is faster
            for drop, _ in indexes:
                owner.execute(drop.encode())
            for statement in (_PEOPLE, _CUSTOMERS, _TICKETS):
                psycopg.ClientCursor(owner).execute(statement, facts)
            for _, create in indexes:
                owner.execute(create.encode())
        for statement in _AFTERWARDS:
            owner.execute(statement)
