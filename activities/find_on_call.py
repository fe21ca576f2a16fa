"""
Find out who is on call, now that somebody must know (MATRIX-1).

The playbook as it is now is asked, not the one that was pinned: whoever is on call today is not known at the start. A
rota that it no longer has answers that there is nobody. What follows from the answer is for the rules.
"""

import asyncio
from collections.abc import Callable

import structlog
from temporalio import activity

from escalation import contract
from escalation.case.effects import FindOnCall, OnCallResult
from planning.on_call.feed_sources import FeedReader
from planning.plan.on_call_answer import find_on_call
from planning.playbook.loader import Playbook

log = structlog.get_logger(__name__)


class OnCallLookup:
    """The quick activity that looks into rotations, overrides and calendars."""

    def __init__(self, playbook: Callable[[], Playbook], feeds: FeedReader) -> None:
        self._playbook = playbook
        self._feeds = feeds

    @activity.defn(name=contract.FIND_ON_CALL)
    async def find_on_call(self, asked: FindOnCall) -> OnCallResult:
        answer = await asyncio.to_thread(find_on_call, self._playbook(), asked.rota, asked.at, self._feeds)
        who = [person.id for person in answer.people]
        log.info("on_call_found", rota=asked.rota, who=who, until=answer.until)
        return answer
