"""
The playbook as the API and the console need it: who there is, and the matrix as people know it.

Read again when the file has changed; a file with faults leaves the last good one in place.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from escalation.kernel.refusals import EscalationError
from planning.forecast.simulation import AnswerOnCall
from planning.plan.on_call_answer import answer_from_playbook
from planning.plan.sponsorship_people import people_of_sponsorship
from planning.playbook.loader import Playbook
from planning.playbook.matrix import CategoryTable, PriorityRow, category_tables_of, priority_rows_of
from planning.playbook.playbook_file import PlaybookFile
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
        self._path = settings.playbook
        self._kept: PlaybookFile | None = None

    def people(self) -> Sequence[tuple[str, str, Sequence[str]]]:
        """Return id, name and roles of each person, by name."""
        playbook = self.current()
        people = playbook.people.items() if playbook else ()
        return sorted(((id_, each.name, each.roles) for id_, each in people), key=lambda each: each[1])

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

    def sponsorship_managers(self) -> frozenset[str]:
        """Return the ids of those who decide on sponsorships."""
        playbook = self.current()
        return (
            frozenset(each.id for each in people_of_sponsorship(playbook, ()).managers)
            if playbook
            else frozenset()
        )

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
        """Return the playbook of today; None, if it was never without faults since the service started."""
        with suppress(EscalationError):
            return self.require()
        return None

    def require(self) -> Playbook:
        """
        Return the playbook of today.

        Raises:
            BadRequest: With its faults, if it was never without any since the service started.
        """
        if self._kept is None:
            self._kept = PlaybookFile(self._path)
        return self._kept.current()
