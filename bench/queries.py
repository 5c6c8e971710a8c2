"""The hot queries, each as who asks it most, or for whom it is the hardest. ``bench.fill`` has the people."""

from typing import Final, NamedTuple

from bench.fill import RARE

MIDDLE: Final = "{n}"  # stands in a call for the number of a ticket in the middle of the shop


class Query(NamedTuple):
    """One call of the bot's. Where it is not ``bounded``, what it reads grows with the shop."""

    name: str
    person: str
    call: str
    bounded: bool = True


def _list(
    status: str = "'all'",
    *,
    worker: str = "NULL",
    category: str = "NULL",
    customer: str = "NULL",
    words: str = "NULL",
    edge: str = "NULL, NULL",
    backwards: str = "false",
) -> str:
    return (
        f"SELECT app.read_list($1, $2, $3, 'bench', {status}, {worker}, NULL, {category}, {customer}, {words},"
        f" {edge}, {backwards})"
    )


def _page(function: str) -> str:
    return f"SELECT app.{function}($1, $2, $3, 'bench', NULL, NULL, NULL, NULL)"


_FROM_THE_MIDDLE: Final = f"now() - {MIDDLE} / 4 * interval '20 minutes', {MIDDLE}"
_ASKERS: Final = (
    ("Manager", "manager"),
    ("Technician", "tech3"),
    ("new Technician", "newtech"),
    ("Regular User", "clerk2"),
    ("new Regular User", "newclerk"),
)
WORDS: Final = {
    "a serial number": RARE + MIDDLE,
    "a word of 1 in 1,000": "hinge",
    "a word of 1 in 100": "liquid",
    "a word of 1 in 10": "laptop",
    "a word of every ticket": "repair",
    "two common words": "laptop repair",
    "a common phrase": '"blue screen" repair',
    "a word without another": "repair -laptop",
    "a word of the oldest tenth": "floppy",
    "a phrase of common words that is nowhere": '"screen blue" repair',
}
_GROWING: Final = {"a word of the oldest tenth", "a phrase of common words that is nowhere"}
_CUSTOMERS: Final = {
    "a rare name": "quixley",
    "a first name that is a stop word": "will",
    "the beginnings of both names": "gra hil",
    "two letters": "wi",
    "one letter": "a",
    "a phone number": "(207) 200-5",
    "three digits": "555",
    "an e-mail address": "hill1@example.com",
    "a part of an e-mail address": "hill1@ex",
    "what is in every address": "example.com",
}

QUERIES: Final = (
    Query("panel", "tech3", "SELECT app.read_panel($1, $2, $3, 'bench')"),
    Query("Home, Technician", "tech3", "SELECT app.read_home($1, $2, $3, 'bench', false)"),
    Query("Home, Manager", "manager", "SELECT app.read_home($1, $2, $3, 'bench', false)"),
    Query("my open tickets", "tech3", _page("read_my_tickets")),
    Query("queue", "tech3", _page("read_queue")),
    Query(
        "queue, next page",
        "tech3",
        "SELECT app.read_queue($1, $2, $3, 'bench', 3, now() - interval '3 days', 7, false)",
    ),
    Query("one ticket", "manager", f"SELECT app.read_ticket($1, $2, $3, 'bench', {MIDDLE})"),
    Query("history of a ticket", "manager", f"SELECT app.read_history($1, $2, $3, 'bench', {MIDDLE})"),
    Query("form for a ticket", "clerk2", "SELECT app.read_ticket_form($1, $2, $3, 'bench')"),
    Query("form to edit a ticket", "manager", f"SELECT app.read_edit_form($1, $2, $3, 'bench', {MIDDLE})"),
    *(Query(f"list, newest, {role}", person, _list()) for role, person in _ASKERS),
    *(Query(f"list, from the middle on, {role}", person, _list(edge=_FROM_THE_MIDDLE)) for role, person in _ASKERS),
    Query("list, back from the middle", "manager", _list(edge=_FROM_THE_MIDDLE, backwards="true")),
    Query("list, open", "manager", _list("'open'")),
    Query("list, a technician's", "manager", _list(worker="'Tech3'")),
    Query("list, a new technician's", "manager", _list(worker="'Newtech'")),
    Query("list, a customer's", "manager", _list(customer="77")),
    Query("list, a rare category", "manager", _list(category="'heirloom'")),
    *(
        Query(f"list with {what}, {role}", person, _list(words=f"'{words}'"), what not in _GROWING)
        for what, words in WORDS.items()
        for role, person in _ASKERS
    ),
    *(
        Query(
            f"search for {what}, {role}",
            person,
            f"SELECT app.search($1, $2, $3, 'bench', '{words}')",
            what not in _GROWING,
        )
        for what, words in WORDS.items()
        for role, person in _ASKERS
    ),
    *(
        Query(f"customers by {what}", "clerk2", f"SELECT app.find_customers($1, $2, $3, 'bench', '{term}')")
        for what, term in _CUSTOMERS.items()
    ),
    Query("the newest customers", "clerk2", "SELECT app.suggest_customers($1, $2, $3, 'bench', '')"),
    Query("one customer", "clerk2", "SELECT app.read_customer($1, $2, $3, 'bench', 77)"),
    Query("daily summary", "manager", "SELECT app.read_summary($1, $2, $3, 'bench', NULL)"),
    Query("technicians' performance", "manager", "SELECT app.read_team($1, $2, $3, 'bench')"),
)


def at(call: str, tickets: int) -> str:
    """Return a call for a shop of so many tickets."""
    return call.replace(MIDDLE, str(tickets // 2))
