"""What happened in the sample shop: 150 tickets over the last 60 days, the same each time for the same moment."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from db.models import BenchStatus, Category, Priority
from db.sample.customers import CUSTOMERS, Customer
from db.sample.people import FRONT_DESK, TECHNICIANS, Person
from db.sample.repairs import ARRANGED, BENCH_NOTES, INTAKE, NOTES, ON_THE_BENCH, OWNERS, REPAIRS, Repair

DAYS: Final = 60
TICKETS: Final = 150
OPEN: Final = 25
UNASSIGNED: Final = 8

ZONE: Final = ZoneInfo("America/Los_Angeles")
_OPENS, _CLOSES = time(9), time(17, 45)
_SUNDAY: Final = 6
_HOUR: Final = 60.0
# shares of all tickets
_NAMED_AT_ONCE: Final = 0.15  # the front desk names a technician
_HANDED_BACK: Final = 0.06  # the first technician puts it back into the queue
_NOTED: Final = 0.35
_ESTIMATED: Final = 0.7
_SURELY_OPEN: Final = 4  # the newest tickets: nobody can have finished them yet
_OLD_AND_OPEN: Final = 3  # what is waiting for something
# where repairs of open tickets are, in turn
_STATUSES: Final[tuple[BenchStatus, ...]] = (
    "in_repair",
    "waiting_parts",
    "diagnosing",
    "in_repair",
    "waiting_approval",
)


@dataclass(frozen=True, slots=True)
class Filed:
    """A ticket came in; ``worker`` where the front desk named one at once."""

    customer: Customer
    title: str
    description: str
    priority: Priority
    category: Category
    estimated_hours: Decimal | None
    worker: Person | None
    device: str | None  # what was brought


@dataclass(frozen=True, slots=True)
class Assigned:
    """It got a worker, or went back to the queue."""

    worker: Person | None


@dataclass(frozen=True, slots=True)
class Moved:
    """The repair went on."""

    status: BenchStatus


@dataclass(frozen=True, slots=True)
class Noted:
    """Somebody wrote something down."""

    body: str


@dataclass(frozen=True, slots=True)
class Completed:
    """It was done."""

    hours: Decimal
    resolution: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to ticket ``ticket`` (counted from 0, oldest first)."""

    at: datetime
    ticket: int
    by: Person
    what: Filed | Assigned | Moved | Noted | Completed


class OpeningHours:
    """The minutes in which the shop was open in the ``DAYS`` before ``now``, counted from the first."""

    def __init__(self, now: datetime) -> None:
        today = now.astimezone(ZONE).date()
        self._spans: list[tuple[datetime, float]] = []
        for day in (today - timedelta(days=DAYS - n) for n in range(DAYS + 1)):
            opens = datetime.combine(day, _OPENS, ZONE).astimezone(UTC)
            closes = min(datetime.combine(day, _CLOSES, ZONE).astimezone(UTC), now)
            if day.weekday() != _SUNDAY and closes > opens:
                self._spans.append((opens, (closes - opens) / timedelta(minutes=1)))
        self.total = sum(minutes for _, minutes in self._spans)

    def moment(self, minute: float) -> datetime:
        """Return when the shop had been open for ``minute`` of its minutes."""
        for opens, minutes in self._spans:
            if minute < minutes:
                return (opens + timedelta(minutes=minute)).replace(microsecond=0)
            minute -= minutes
        opens, minutes = self._spans[-1]
        return opens + timedelta(minutes=minutes)


def shop_history(now: datetime) -> list[Step]:
    """Return what happened before ``now`` (timezone-aware), in the order in which it happened."""
    chance = random.Random("Francisco Computer Repair Shop")  # noqa: S311 - it is to be the same each time
    hours = OpeningHours(now.astimezone(UTC))
    jobs = [(repair, device) for repair in REPAIRS for device in repair.devices]
    chance.shuffle(jobs)
    still_open = _choose_open(chance)
    unassigned = set(chance.sample(sorted(still_open)[-UNASSIGNED - 4 :], UNASSIGNED))
    steps = [
        step
        for number, (repair, device) in enumerate(jobs)
        for step in _Ticket(chance, hours, number, repair, device).steps(
            is_open=number in still_open, is_assigned=number not in unassigned
        )
    ]
    return sorted(steps, key=lambda step: (step.at, step.ticket))


def _choose_open(chance: random.Random) -> set[int]:
    newest = range(TICKETS - _SURELY_OPEN, TICKETS)
    recent = chance.sample(range(TICKETS - 38, TICKETS - _SURELY_OPEN), OPEN - _SURELY_OPEN - _OLD_AND_OPEN)
    older = chance.sample(range(TICKETS - 75, TICKETS - 40), _OLD_AND_OPEN)
    return {*newest, *recent, *older}


class _Ticket:
    """One ticket's story. Times are minutes of opening hours."""

    def __init__(self, chance: random.Random, hours: OpeningHours, number: int, repair: Repair, device: str) -> None:
        self._chance = chance
        self._hours = hours
        self._number = number
        self._repair = repair
        self._filed = (number + chance.random()) / TICKETS * hours.total
        self._worker = chance.choice(TECHNICIANS)
        self._filer = chance.choice((*FRONT_DESK, *FRONT_DESK, *FRONT_DESK, self._worker))
        self._customer = self._choose_customer(device)
        self._device = device

    def steps(self, *, is_open: bool, is_assigned: bool) -> Iterator[Step]:
        """Yield what happened to it."""
        named = is_assigned and (self._filer == self._worker or self._happens(_NAMED_AT_ONCE))
        yield self._step(self._filed, self._filer, self._describe(self._worker if named else None))
        end = self._hours.total
        if not is_assigned:
            yield from self._notes(self._filer, self._filed, end)
            return
        done = self._filed + min(
            self._chance.uniform(2, 30) * _HOUR, (end - self._filed) * self._chance.uniform(0.3, 0.9)
        )
        taken = self._filed + (done - self._filed) * self._chance.uniform(0.05, 0.4)
        if not named:
            yield from self._taking(taken)
        yield from self._notes(self._worker, taken, end if is_open else done)
        if is_open:
            yield self._step((taken + end) / 2, self._worker, Moved(_STATUSES[self._number % len(_STATUSES)]))
        if not is_open:
            hours = _quarters(self._chance.uniform(*self._repair.hours))
            yield self._step(done, self._worker, Completed(hours, self._repair.resolution))

    def _taking(self, taken: float) -> Iterator[Step]:
        if self._happens(_HANDED_BACK):
            first = self._chance.choice([person for person in TECHNICIANS if person != self._worker])
            yield self._step(self._filed + (taken - self._filed) / 3, first, Assigned(first))
            yield self._step(self._filed + (taken - self._filed) / 2, first, Assigned(None))
        yield self._step(taken, self._worker, Assigned(self._worker))

    def _notes(self, author: Person, begin: float, end: float) -> Iterator[Step]:
        if self._happens(_NOTED):
            notes = BENCH_NOTES if self._repair.category in ON_THE_BENCH else NOTES
            for place, body in enumerate(self._chance.sample(notes, self._chance.choice((1, 1, 2))), start=1):
                at = begin + min(end - begin, 12 * _HOUR) * place / 4
                yield self._step(at, author, Noted(body.format(customer=self._customer.first_name)))

    def _describe(self, worker: Person | None) -> Filed:
        title = self._repair.title.format(device=self._device)
        intake = INTAKE if self._repair.category in ON_THE_BENCH else ARRANGED
        return Filed(
            customer=self._customer,
            title=title[0].upper() + title[1:],
            description=f"{self._repair.description} {self._chance.choice(intake)}",
            priority=self._chance.choice(self._repair.priorities),
            category=self._repair.category,
            estimated_hours=_quarters(sum(self._repair.hours) / 2) if self._happens(_ESTIMATED) else None,
            worker=worker,
            device=self._device if self._repair.category in ON_THE_BENCH else None,
        )

    def _choose_customer(self, device: str) -> Customer:
        owner = OWNERS.get(device)
        present = [customer for customer in CUSTOMERS if not customer.moved_away]
        return next(
            (customer for customer in present if customer.last_name == owner),
            self._chance.choice(present if self._number else [c for c in CUSTOMERS if c.moved_away]),
        )

    def _happens(self, share: float) -> bool:
        return self._chance.random() < share

    def _step(self, minute: float, by: Person, what: Filed | Assigned | Moved | Noted | Completed) -> Step:
        return Step(self._hours.moment(minute), self._number, by, what)


def _quarters(hours: float) -> Decimal:
    return Decimal(round(hours * 4)) / 4
