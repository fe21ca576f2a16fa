"""
Names that are known before anything has them: accounts of escalations, of sponsorships and on record, and the people of
the playbook. They find what was meant by a slip.
"""

import asyncio
from contextlib import suppress

from client import EscalationClient, KnownNames
from escalation.kernel.refusals import BadRequest
from escalation.policy.sight import UNLIMITED, Sight
from planning.playbook.loader import load_playbook
from records.data_export import list_accounts
from records.errors import RecordStoreFault
from runtime.settings import Settings
from workers.record_setup import open_record_store

_MOST_LOOKED_AT = 1000


async def find_names(client: EscalationClient, settings: Settings, sight: Sight = UNLIMITED) -> KnownNames:
    """Return what is known, and may be looked at; a record or a playbook that cannot be read has nothing."""
    running = {each async for row in client.list(limit=_MOST_LOOKED_AT) for each in row.customers}
    sponsored = {line.account async for line in client.sponsorships()}
    on_record = await asyncio.to_thread(_on_record, settings, sight)
    return KnownNames(
        accounts=tuple(sorted(running | sponsored | on_record)),
        people=await asyncio.to_thread(people_in_playbook, settings),
        playbook=settings.playbook.name,
    )


def people_in_playbook(settings: Settings) -> tuple[str, ...]:
    """Return people, teams and rotas of the configured playbook; none, if it may be that workers alone have it."""
    try:
        playbook = load_playbook(settings.playbook)
    except BadRequest:
        return ()
    return (*playbook.people, *playbook.teams, *playbook.rotas)


def _on_record(settings: Settings, sight: Sight) -> set[str]:
    with suppress(RecordStoreFault), open_record_store(settings) as store:
        return list_accounts(store, sight)
    return set()
