"""
A rebase: what it would change for each escalation, and the rebase itself.

The plan is compiled here for the preview, or by the service that is asked, and by the worker for the rebase; all must
have the same playbook.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import typer

from client import EscalationClient, RebaseOutlook, ServiceClient, ask_each
from entrypoints.rebase_outlook import preview_rebase
from escalation.case.moves.rebase import RebasePreview
from escalation.case.view import MoveResult
from escalation.kernel.counted_nouns import number_of
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault
from escalation.kernel.values import frozen
from planning.playbook.loader import load_playbook
from planning.playbook.schema import Playbook
from runtime.errors import OnlyDirectly
from runtime.settings import Settings

_AT_ONCE = 8


@frozen
class Outcome:
    """The result of the rebase of one escalation."""

    key: str
    refused: str = ""


@frozen
class Outlook(Outcome):
    """The changes that a rebase would make, or why there cannot be one."""

    rebasing: RebasePreview | None = None
    sha256: str = ""
    """Of the playbook that it would go by."""

    @property
    def is_change(self) -> bool:
        return self.rebasing is not None and self.rebasing.is_change


def require_whole(
    key: str | None, all_: bool, category: str | None, by: str, why: str, dry_run: bool
) -> None:
    """
    Raises:
        BadRequest: If options are missing, or do not go together.
    """
    faults = []
    if (key is None) is not all_:
        faults.append(Fault(where="KEY", given="both" if key else "neither", allowed="a key, or else --all"))
    if all_ and category:
        faults.append(Fault(where="--category", given="with --all", allowed="one escalation, by its key"))
    if not dry_run:
        missing = {"--as": (by, "who you are"), "--why": (why, "the reason, for the record")}
        faults += [
            Fault(where=option, given="nothing", allowed=allowed)
            for option, (given, allowed) in missing.items()
            if not given
        ]
    if faults:
        raise BadRequest.because(reason("of.rebase"), faults)


def ask_to_rebase(many: int, in_json: bool) -> bool:
    if in_json or not sys.stdin.isatty():
        fault = Fault(where="--yes", given="nothing, and nobody to ask", allowed="--yes, or --dry-run")
        raise BadRequest.because(reason("of.rebase"), (fault,))
    return typer.confirm(f"Rebase {number_of(many, 'escalation')}?")


class WantedRebase(NamedTuple):
    playbook: Playbook | None
    """None: that of the service which is asked."""
    issue_type: str | None
    category: str | None


def read_playbook(file: Path | None) -> Playbook | None:
    """
    Return the playbook to go by; None, if a service is asked, which has its own.

    Raises:
        OnlyDirectly: If one is given there.
    """
    settings = Settings.load()
    if settings.url is None:
        return load_playbook(file or settings.playbook)
    if file:
        raise OnlyDirectly("--playbook", settings.url)
    return None


async def preview_rebases(client: EscalationClient, key: str | None, wanted: WantedRebase) -> list[Outlook]:
    if key:
        return [_outlook(key, await _find(client, key, wanted))]
    keys = [row.key async for row in client.list()]
    return [
        _outlook(each, would)
        if isinstance(would, RebaseOutlook)
        else Outlook(key=each, refused=_in_one_line(would))
        async for each, would in ask_each(keys, lambda each: _find(client, each, wanted), at_once=_AT_ONCE)
    ]


def _outlook(key: str, found: RebaseOutlook) -> Outlook:
    return Outlook(key=key, rebasing=found.changes, sha256=found.sha256)


async def _find(client: EscalationClient, key: str, wanted: WantedRebase) -> RebaseOutlook:
    if isinstance(client, ServiceClient):
        return await client.rebase_outlook(key, wanted.issue_type, wanted.category)
    assert wanted.playbook
    changes = await preview_rebase(client, key, wanted.playbook, wanted.issue_type, wanted.category)
    return RebaseOutlook(sha256=wanted.playbook.sha256, changes=changes)


async def carry_out(
    client: EscalationClient, changes: Sequence[Outlook], by: str, why: str, wanted: WantedRebase
) -> list[Outcome]:
    """One that is refused by now, because it was closed meanwhile, does not hold up the others."""

    async def one(change: Outlook) -> MoveResult:
        return await client.rebase(
            change.key,
            by=by,
            why=why,
            sha256=change.sha256,
            issue_type=wanted.issue_type,
            category=wanted.category,
        )

    return [
        Outcome(key=change.key, refused=_in_one_line(answer) if isinstance(answer, Exception) else "")
        async for change, answer in ask_each(changes, one, at_once=1)
    ]


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())
