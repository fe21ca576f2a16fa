"""
The playbook as the console needs it: who there is, and the matrix as people know it.

Read again when the file has changed; a file with faults leaves the last good one in place.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from escalation.kernel.refusals import EscalationError
from planning.forecast.simulation import AnswerOnCall
from planning.plan.on_call_answer import answer_from_playbook
from planning.playbook.loader import Playbook, load_playbook
from planning.playbook.matrix import CategoryTable, PriorityRow, category_tables_of, priority_rows_of
from runtime.settings import Settings


class Matrix(NamedTuple):
    """The matrix of a playbook, in words."""

    name: str
    version: str
    tables: Sequence[CategoryTable]
    priorities: Sequence[PriorityRow]


class PlaybookFacts:
    """Names and tables of the playbook of today."""

    def __init__(self, settings: Settings) -> None:
        self._file = settings.playbook
        self._changed_at = -1.0
        self._playbook: Playbook | None = None

    def people(self) -> Sequence[tuple[str, str]]:
        """Return id and name of each person, by name."""
        playbook = self.current()
        people = playbook.people.items() if playbook else ()
        return sorted(((id_, person.name) for id_, person in people), key=lambda each: each[1])

    def names(self) -> Mapping[str, str]:
        """Return the names of people, teams and rotas, by id."""
        playbook = self.current()
        if playbook is None:
            return {}
        groups = (playbook.people, playbook.teams, playbook.rotas)
        return {id_: each.name for group in groups for id_, each in group.items()}

    def pause_reasons(self) -> Sequence[str]:
        playbook = self.current()
        return tuple(playbook.pause_reasons) if playbook else ()

    def on_call(self) -> AnswerOnCall | None:
        """Return who says who is on call, by the playbook of today."""
        playbook = self.current()
        return answer_from_playbook(playbook) if playbook else None

    def matrix(self) -> Matrix | None:
        playbook = self.current()
        if playbook is None:
            return None
        return Matrix(
            playbook.name, playbook.version, category_tables_of(playbook), priority_rows_of(playbook)
        )

    def current(self) -> Playbook | None:
        """Return the playbook of today; None, if there has been no good one yet."""
        with suppress(OSError):
            changed_at = self._file.stat().st_mtime
            if changed_at != self._changed_at:
                self._changed_at = changed_at
                with suppress(EscalationError):
                    self._playbook = load_playbook(self._file)
        return self._playbook
