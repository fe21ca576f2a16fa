"""Changes of times between two playbooks: the same start, nobody answers, and when each level would be reached."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from escalation.case.levels import LevelRaised
from escalation.case.start import Open, Opened
from escalation.kernel.values import to_json
from escalation.policy.classification import Priority
from escalation.policy.plan import Plan, PlaybookRef
from planning.forecast.playbook_diff import shorten_labels
from planning.forecast.sample_request import categories_of, make_request
from planning.forecast.simulation import AnswerOnCall, make_open_command, simulate_run
from planning.plan.on_call_answer import answer_from_playbook
from planning.playbook.schema import Playbook


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A level that would be reached at another time; None: not at all."""

    level: int
    old_at: datetime | None
    new_at: datetime | None


@dataclass(frozen=True, slots=True)
class TimeChange:
    """Changes for cases of one priority in categories that behave alike."""

    categories: tuple[str, ...]
    priority: Priority
    rises: tuple[LevelChange, ...]
    old_messages: int
    new_messages: int
    """Messages until nothing new happens, over all of these categories."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    reached: dict[int, datetime]
    messages: int


def find_time_changes(
    old: Playbook, new: Playbook, starts_at: datetime, priorities: Iterable[Priority] = tuple(Priority)
) -> tuple[TimeChange, ...]:
    """Return the changes by priority; categories whose levels change alike stand together."""
    known = set(categories_of(old))
    outcomes = _Outcomes(starts_at)
    found: dict[tuple[Priority, tuple[LevelChange, ...]], _SameChange] = {}
    for issue_type, category in (pair for pair in categories_of(new) if pair in known):
        for priority in priorities:
            was = outcomes.question(old, issue_type, category, priority)
            is_now = outcomes.question(new, issue_type, category, priority)
            if was.gist == is_now.gist:
                continue
            before, after = outcomes.outcome(was), outcomes.outcome(is_now)
            rises = tuple(_compare_outcomes(before, after))
            if rises or before.messages != after.messages:
                alike = found.setdefault((priority, rises), _SameChange())
                alike.labels.append(f"{issue_type}/{category}")
                alike.old_messages += before.messages
                alike.new_messages += after.messages
    return tuple(
        TimeChange(shorten_labels(alike.labels, new), priority, rises, alike.old_messages, alike.new_messages)
        for (priority, rises), alike in sorted(found.items(), key=lambda item: item[0][0])
    )


@dataclass(slots=True)
class _SameChange:
    labels: list[str] = field(default_factory=list)
    old_messages: int = 0
    new_messages: int = 0


def _compare_outcomes(before: _Outcome, after: _Outcome) -> Iterator[LevelChange]:
    for level in sorted({*before.reached, *after.reached}):
        old_at, new_at = before.reached.get(level), after.reached.get(level)
        if old_at != new_at:
            yield LevelChange(level, old_at, new_at)


class _Question(NamedTuple):
    opens: Open
    gist: str
    on_call: AnswerOnCall
    """The same gist, the same outcome."""


class _Outcomes:
    """Outcomes of one start; plans that differ only in parts that nobody uses are run once."""

    def __init__(self, starts_at: datetime) -> None:
        self._starts_at = starts_at
        self._known: dict[str, _Outcome] = {}

    def question(self, playbook: Playbook, issue_type: str, category: str, priority: Priority) -> _Question:
        opens = make_open_command(
            playbook, make_request(playbook, category, priority, issue_type), self._starts_at
        )
        gist = f"{_gist_of(opens.plan, priority)} {playbook.rotas}"
        return _Question(opens, gist, answer_from_playbook(playbook))

    def outcome(self, question: _Question) -> _Outcome:
        # Most categories differ in names only, and running one takes as long as compiling ten.
        if question.gist not in self._known:
            self._known[question.gist] = self._run(question)
        return self._known[question.gist]

    def _run(self, question: _Question) -> _Outcome:
        reached: dict[int, datetime] = {}
        messages = 0
        for happening in simulate_run(question.opens, self._starts_at, on_call=question.on_call):
            messages += sum(len(notice.to) for notice in happening.notices)
            for event in happening.events:
                if isinstance(event, Opened):
                    reached[event.level] = event.at
                elif isinstance(event, LevelRaised):
                    reached[event.to_level] = event.at
        return _Outcome(reached, messages)


def _gist_of(plan: Plan, priority: Priority) -> str:
    """Return the part of a plan that counts when nobody answers a case of that priority."""
    levels = tuple(replace(level, responses=(), triggers=(), name="-") for level in plan.levels)
    nobody = PlaybookRef(name="-", version="-", sha256="-")
    gist = replace(
        plan,
        levels=levels,
        playbook=nobody,
        issue_type="-",
        category="-",
        permissions={},
        priorities={priority: plan.priorities[priority]},
    )
    return to_json(gist)
