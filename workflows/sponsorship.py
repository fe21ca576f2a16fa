"""
SponsorshipWorkflow: owns the time of one account's executive sponsorship, for years, and no rule.

One for each account (``sponsorship:ACCOUNT``). It puts what people ask and what falls due to
``escalation.sponsorship.engine.decide`` and sends what the decision asks for. Its memo says who sponsors the account,
so that the start of an escalation and a list can read it from the server alone, whatever the workers are doing.

Who answers for sponsorships is in no plan, but in the playbook of today. What happens by itself and concerns them, an
overdue touch-point or a message that did not arrive, is decided when they are looked up: it waits in an outbox.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from temporalio import workflow
from temporalio.common import RawValue

from escalation import contract
from escalation.kernel.budgets import PROGRAMME, last_of
from escalation.kernel.event import RecordedEvent
from escalation.kernel.ids import Own, is_of_escalation
from escalation.kernel.list_page import ListPage, page_of
from escalation.kernel.reasons import Part
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.timeline_entry import TimelineEntry, timeline_entry
from escalation.kernel.values import ENGINE
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import NotificationBatch
from escalation.notifications.system_commands import ReportDelivery, Tick
from escalation.policy.rates import Rates
from escalation.sponsorship.clock_table import is_neglected
from escalation.sponsorship.engine import Command, ShellsCommand, decide
from escalation.sponsorship.lifecycle import SponsorshipState
from escalation.sponsorship.move_index import PERSONS_COMMANDS, PersonsCommand
from escalation.sponsorship.moves.propose import Propose
from escalation.sponsorship.playbook_people import PlaybookPeople
from escalation.sponsorship.state import Sponsorship
from escalation.sponsorship.work import SponsorshipDecision
from messages.speaker import speaker as english
from workflows.base_workflow import BaseWorkflow
from workflows.continue_as_new import is_due
from workflows.inputs import read_start, refuse_bad_input, require_nothing, require_own_id, takes_one
from workflows.look_ups import find_people
from workflows.move_handlers import takes_moves
from workflows.outbox import InOrder, Outbox
from workflows.web_ui import SearchValues

_STORY = "Events of the sponsorship, oldest first, one page, after a sequence number."
_RESULTS_KEPT = 200
"""Results that are remembered: those of a message come late, twice, or out of order."""


class _Informed(NamedTuple):
    """A command, with those whom it concerns."""

    command: Command
    known: PlaybookPeople = PlaybookPeople()


@workflow.defn(name=contract.SPONSORSHIP)
@takes_moves(*PERSONS_COMMANDS)
class SponsorshipWorkflow(BaseWorkflow[SponsorshipDecision]):
    """The executive sponsorship of one account."""

    @workflow.init
    @takes_one
    @refuse_bad_input
    def __init__(self, *begins: RawValue) -> None:
        begin = read_start(contract.SponsorshipInput, begins, '{"account": "ACME"}')
        require_own_id(Own.SPONSORSHIP, begin.account)
        require_nothing(begin.carried is None, "carried")
        carried = begin.carried or contract.SponsorshipContinuedState(
            sponsorship=Sponsorship(account=begin.account)
        )
        super().__init__(carried)
        self._now = carried.sponsorship
        self._events = carried.events
        self._continue_after = begin.continue_after
        self._results = list(carried.results)
        self._by_itself = InOrder[ShellsCommand](
            self._background, _with_people, self._decide, carried.undecided
        )
        self._listed: contract.SponsorshipListing | None = None

    @workflow.run
    @takes_one
    async def run(self, *_begins: RawValue) -> Sponsorship:
        await self._run_loop()
        return self._now

    @workflow.query(name=contract.VIEW, description="The programme as it is.")
    def view(self) -> Sponsorship:
        return self._now

    @workflow.query(name=contract.TIMELINE, description=_STORY)
    def timeline(self, after: int = 0) -> ListPage[TimelineEntry]:
        return page_of(timeline_entry(event) for event in self._events if event.seq > after)

    @workflow.query(
        name=contract.OUTDATED_MESSAGES, description="Which messages should not leave any more, and why."
    )
    def outdated_messages(self, batch: NotificationBatch) -> dict[str, str]:
        return self._deliveries.find_foreign(batch)

    # Moves, for ``workflows.move_handlers``.

    def consider(self, command: PersonsCommand) -> None:
        """Count the move against its limit. The rest is decided when the people whom it names are looked up."""
        self._rates_after(command)

    async def follow(self, command: PersonsCommand) -> Sponsorship:
        """
        Raises:
            EscalationError: If *command* is refused. Only escalations ask by a signal, and only for a proposal: each
                proposes an account once.
        """
        if self.is_followed():
            return self._now
        is_signal = workflow.current_update_info() is None
        if is_signal and not (isinstance(command, Propose) and is_of_escalation(command.escalation)):
            raise MoveNotAllowed("only an escalation proposes by a signal; a person does by an update")
        named = (who for who in dict.fromkeys(command.named) if not (is_signal and who == ENGINE))
        known = await find_people(*named)
        rates = self._rates_after(command)
        self._keep(self._decision(_Informed(command, known)))
        self._rates = rates
        self._remember_update()
        return self._now

    def _rates_after(self, command: PersonsCommand) -> Rates:
        if workflow.current_update_info() is None:
            return self._rates
        return self._rates.after_move(self._now.key, command.move, command.by, workflow.now())

    def _decision(self, command: _Informed) -> SponsorshipDecision:
        return decide(self._now, command.command, workflow.now(), command.known)

    def _keep(self, made: SponsorshipDecision) -> None:
        self._now = made.state
        self._events = last_of((*self._events, *made.events), PROGRAMME)
        self._deliveries.add(*made.effects)
        self._background.wake()

    def note_refusal(self, move: str, why: Part) -> None:
        workflow.logger.warning("signal_refused", extra={"move": move[:200], "why": english().say(why)})

    # What happens by itself.

    def _judge(self) -> None:
        due_at, now = self._wakes_at(), workflow.now()
        if due_at and due_at <= now:
            if is_neglected(self._now, now):
                self._by_itself.add(Tick())
            else:
                self._decide(_Informed(Tick()))
        self._background.is_awake = False

    def take_results(self, newer: tuple[DeliveryResult, ...]) -> None:
        """Have a person notified of what did not arrive, before the run ends (COMM-13)."""
        self._results = [*self._results, *newer][-_RESULTS_KEPT:]
        if failed := tuple(result for result in newer if result.has_failed):
            self._by_itself.add(ReportDelivery(results=failed))

    # What the loop asks.

    @property
    def _outboxes(self) -> Sequence[Outbox[Any, Any]]:
        return (self._by_itself, *super()._outboxes)

    @property
    def _is_busy(self) -> bool:
        """
        True until the programme has ended and everything is sent; then the account can be proposed again, as a new
        run.
        """
        is_over = self._now.standing is SponsorshipState.EXITED
        return not (is_over and all(outbox.is_empty for outbox in self._outboxes))

    def _stop(self) -> None:
        raise asyncio.CancelledError

    @property
    def own_prefix(self) -> str:
        return f"{self._now.key}@"

    @property
    def first_event(self) -> RecordedEvent | None:
        return None

    def known_results(self) -> Iterable[DeliveryResult]:
        return self._results

    def _wakes_at(self) -> datetime | None:
        return self._now.wake_at if self._by_itself.is_empty else None  # else it is being attended to

    def _wakes_for(self) -> str:
        return "the next reminder"

    @property
    def _may_continue(self) -> bool:
        is_at_rest = all(outbox.is_at_rest for outbox in self._outboxes)
        return is_due(self._continue_after) and is_at_rest and self._fits(self._now, *self._events)

    def _carried(self) -> contract.SponsorshipInput:
        undecided = (each for each in self._by_itself.carried if isinstance(each, ReportDelivery))
        carried = contract.SponsorshipContinuedState(
            **self._continued_run(),
            sponsorship=self._now,
            events=self._events,
            results=tuple(self._results),
            undecided=tuple(undecided),
        )
        return contract.SponsorshipInput(
            account=self._now.account, carried=carried, continue_after=self._continue_after
        )

    def _search_values(self) -> SearchValues:
        return {}

    def _show(self) -> None:
        if (listed := contract.SponsorshipListing.of(self._now)) != self._listed:
            self._listed = listed
            is_enrolled = self._now.standing is SponsorshipState.ENROLLED
            workflow.upsert_memo(
                {
                    contract.SPONSOR_MEMO: self._now.sponsor if is_enrolled else None,
                    contract.SPONSORSHIP_MEMO: listed,
                }
            )


async def _with_people(command: ShellsCommand) -> _Informed:
    return _Informed(command, await find_people())
