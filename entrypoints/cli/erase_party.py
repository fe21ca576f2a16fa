"""An erasure as the command line asks for it: what would go is shown, somebody says yes, and then it goes."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import typer

from encryption.encryption_setup import column_cipher_of, encryption_of
from entrypoints.cli.operator import keep_act, operator
from entrypoints.cli.option_values import bad_option
from entrypoints.cli.party_options import find_party, require_not_in_playbook
from entrypoints.cli.record_store import open_store
from entrypoints.terminal import as_json, err, out
from escalation.kernel.counted_nouns import number_of
from escalation.kernel.refusals import MoveNotAllowed
from privacy.case_choice import CaseErasure, cases_of
from privacy.eraser import Eraser, StillOpen
from privacy.party import Party
from privacy.stored_runs import StoredRuns
from records.audit_log import COMMAND_LINE, AuditKind
from records.erasure import Erasure
from records.store import RecordStore
from runtime.connection import connect
from runtime.settings import Settings

_COPIES = (
    "Backups made before keep what they hold: there are no data keys (ESCALATION_DATA_KEYS_URL), or the record is not "
    "encrypted (ESCALATION_RECORDS_ENCRYPTED). Throw these backups away."
)


def erase_party(who: str, kind: str | None, *, is_sure: bool, only_shows: bool, in_json: bool) -> None:
    """
    Raises:
        MoveNotAllowed: If anything of theirs is open, or they are in the playbook.
        BadRequest: If nobody says yes.
    """
    with open_store() as store:
        party = find_party(store, who, kind)
        require_not_in_playbook(party)
        shown = asyncio.run(_show(store, party, in_json=in_json))
        if only_shows:
            return
        if shown["open"]:
            raise MoveNotAllowed(f"{_about(party)} cannot be erased yet: {'; '.join(shown['open'])}")
        _require_yes(party, is_sure=is_sure)
        keep_act(store, AuditKind.ERASED, f"the {party.digest}")
        done = asyncio.run(_erase(store, party))
    if not in_json:
        out.print(f"Erased: {number_of(len(done), 'case')} of {_about(party)}", markup=False)


async def _show(store: RecordStore, party: Party, *, in_json: bool) -> Mapping[str, Any]:
    cases = cases_of(store, party)
    eraser = await _eraser(store)
    shown = {
        "about": {"kind": party.kind.value, "id": party.id},
        "cases": [each.scope for each in cases if each.escalations],
        "escalations": sum(len(each.escalations) for each in cases),
        "shared": [each.scope for each in cases if each.rest is not None],
        "open": await eraser.find_open(cases),
        "reaches_backups": _reaches_backups(),
    }
    as_json(shown) if in_json else _print(party, cases, shown)
    return shown


def _print(party: Party, cases: Sequence[CaseErasure], shown: Mapping[str, Any]) -> None:
    number = number_of(shown["escalations"], "escalation")
    out.print(
        f"{_about(party)}: texts, names and addresses in {number} would go; figures stay.", markup=False
    )
    for each in cases:
        if each.escalations:
            what = "what is about them" if each.rest is not None else "all texts"
            out.print(f"  {each.scope}: {what}", markup=False)
    for why in shown["open"]:
        err.print(f"Open: {why}", markup=False, style="yellow")
    if not shown["reaches_backups"]:
        err.print(_COPIES, markup=False, soft_wrap=True)


async def _erase(store: RecordStore, party: Party) -> list[str]:
    erasure = Erasure(by=operator(), door=COMMAND_LINE, why=f"the {party.digest}", at=datetime.now(UTC))
    eraser = await _eraser(store)
    try:
        return [scope async for scope in eraser.erase(cases_of(store, party), erasure)]
    except StillOpen as why:
        raise MoveNotAllowed(f"{_about(party)} cannot be erased yet: {why}") from None


async def _eraser(store: RecordStore) -> Eraser:
    settings = Settings.load()
    runs = StoredRuns(await connect(settings))
    return Eraser(store, column_cipher_of(settings), runs, encryption_of(settings).data_keys)


def _reaches_backups() -> bool:
    settings = Settings.load()
    return settings.data_keys_url is not None and settings.records_encrypted


def _require_yes(party: Party, *, is_sure: bool) -> None:
    """
    Raises:
        BadRequest: If somebody says no, or nobody can be asked.
    """
    if is_sure:
        return
    try:
        said = typer.confirm(f"Erase {_about(party)} for good?", err=True)
    except typer.Abort:
        said = False
    if not said:
        raise bad_option("the answer", "no", "yes, or --yes: nothing was erased")


def _about(party: Party) -> str:
    return f"the {party.kind} {party.id}"
