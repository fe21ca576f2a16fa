"""
SponsorshipWorkflow: owns the time of one account's executive sponsorship, for years, and no rule.

One for each account (``sponsorship:ACCOUNT``). It puts what people ask and what falls due to
``escalation.sponsorship.engine.decide`` and sends what that says. Its memo says who sponsors the account, so that
the start of
an escalation and a list can read it from the server alone, whatever the workers are doing.
"""

from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError

from escalation import contract
from escalation.case.commands import ReportDelivery
from escalation.case.effects import InternalNotification, NotificationBatch
from escalation.case.events import ENGINE
from escalation.kernel.budgets import OURS
from escalation.kernel.ids import Own, is_of_escalation
from escalation.kernel.refusals import EscalationError, MoveNotAllowed
from escalation.notifications.batches import batches_of
from escalation.notifications.delivery_results import DeliveryResult, select_newer
from escalation.notifications.foreign_messages import find_foreign_messages, select_own_results
from escalation.sponsorship import engine as s
from workflows.continue_as_new import ContinuableWorkflow, continue_as_new, is_due, is_outdated
from workflows.delivery import DELIVER_MESSAGES, delivery_options, receipts_after
from workflows.inputs import read_start, refuse_bad_input, require_nothing, require_own_id
from workflows.people import find_people
from workflows.raw_values import read_model, takes_one

_HEARD_KEPT = 200
"""Receipts that are remembered: what is heard of a message comes late, twice, or out of order."""
_AT_ONCE = timedelta(seconds=0)
_ONE = 'one JSON object with "by"'
_PROPOSALS_ARE_TOLD = "proposals by people are told"
"""Runs in which somebody had proposed before this told nobody."""


@workflow.defn(name=contract.SPONSORSHIP)
class SponsorshipWorkflow(ContinuableWorkflow):
    """The executive sponsorship of one account."""

    @workflow.init
    @takes_one
    @refuse_bad_input
    def __init__(self, *begins: RawValue) -> None:
        begin = read_start(contract.SponsorshipInput, begins, '{"account": "ACME"}')
        require_own_id(Own.SPONSORSHIP, begin.account)
        require_nothing(begin.programme is None, "programme")
        self._now = begin.programme or s.Sponsorship(account=begin.account)
        self._continue_after = begin.continue_after
        self._rates = begin.rates
        self._notices: list[InternalNotification] = []
        self._heard = list(begin.heard)
        self._under_way: tuple[NotificationBatch, ...] = ()
        self._failed: list[DeliveryResult] = []
        self._is_stirred = True

    @workflow.run
    @takes_one
    async def run(self, *_begins: RawValue) -> s.Sponsorship:
        while True:
            self._is_stirred = False
            await self._tell()
            if self._is_over:
                break
            if is_due(self._continue_after) and workflow.all_handlers_finished() and not self._is_stirred:
                self._show()
                continue_as_new(
                    contract.SponsorshipInput(
                        account=self._now.account,
                        programme=self._now,
                        heard=tuple(self._heard),
                        continue_after=self._continue_after,
                        rates=self._rates,
                    ),
                    memo=workflow.memo(),  # or the next run has none, until something happens
                )
            await self._be_stirred()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._now

    @workflow.query(name=contract.VIEW, description="The programme as it is.")
    def view(self) -> s.Sponsorship:
        return self._now

    @workflow.signal(name="propose", description="An executive escalation proposes the account.")
    @takes_one
    async def hear_proposal(self, *raws: RawValue) -> None:
        try:
            proposal = read_model(s.Propose, raws, "propose", _ONE)
            if not is_of_escalation(proposal.escalation):
                raise MoveNotAllowed("only an escalation proposes by a signal; a person does by an update")
            if proposal.by != ENGINE:
                await find_people(proposal.by)
            self._follow(proposal)
        except EscalationError as refusal:
            workflow.logger.warning("proposal_refused", extra={"why": refusal.message})

    @workflow.signal(name=contract.REPORT_DELIVERY, description="What became of letters that had to wait.")
    @takes_one
    def record_delivery(self, *raws: RawValue) -> None:
        try:
            told = read_model(ReportDelivery, raws, "a delivery", "receipts", OURS)
        except EscalationError as refusal:
            workflow.logger.warning("delivery_refused", extra={"why": refusal.message})
        else:
            known = select_own_results(told.receipts, f"{self._now.key}@", self._heard, self._under_way)
            if len(known) < len(told.receipts):
                workflow.logger.warning("delivery_of_others_refused")
            self._look_at(known)

    @workflow.query(
        name=contract.OUTDATED_MESSAGES, description="Which messages should not leave any more, and why."
    )
    def no_longer_true(self, wave: NotificationBatch) -> dict[str, str]:
        return find_foreign_messages(wave, f"{self._now.key}@", self._heard, self._under_way)

    @workflow.update(name="propose", description="Propose the account.")
    @takes_one
    async def propose(self, *raws: RawValue) -> s.Sponsorship:
        return await self._asked(s.Propose, raws, "propose")

    @workflow.update(name="enrol", description="Take the account in; a person decides.")
    @takes_one
    async def enrol(self, *raws: RawValue) -> s.Sponsorship:
        return await self._asked(s.Enrol, raws, "enrol")

    @workflow.update(name="touch", description="Record a touch-point.")
    @takes_one
    async def touch(self, *raws: RawValue) -> s.Sponsorship:
        return await self._asked(s.LogTouchPoint, raws, "touch")

    @workflow.update(name="review", description="Record a review, and when the next one is.")
    @takes_one
    async def review(self, *raws: RawValue) -> s.Sponsorship:
        return await self._asked(s.Review, raws, "review")

    @workflow.update(name="exit", description="The account leaves the programme.")
    @takes_one
    async def exit(self, *raws: RawValue) -> s.Sponsorship:
        return await self._asked(s.Exit, raws, "exit")

    async def _asked(
        self, kind: type[s.PersonsCommand], raws: Sequence[RawValue], what: str
    ) -> s.Sponsorship:
        command: s.PersonsCommand = read_model(kind, raws, what, _ONE)
        self._rates = self._rates.after_move(self._now.key, what, command.by, workflow.now())
        sponsor = command.sponsor if isinstance(command, s.Enrol) else command.by
        known = await find_people(*dict.fromkeys((command.by, sponsor)))
        if isinstance(command, s.Propose) and not workflow.patched(_PROPOSALS_ARE_TOLD):
            known = s.PlaybookPeople()
        self._follow(command, known)
        return self._now

    def _follow(self, command: s.Command, known: s.PlaybookPeople = s.PlaybookPeople()) -> None:
        answer = s.decide(self._now, command, workflow.now(), known)
        self._now = answer.programme
        self._notices += answer.notices
        self._is_stirred = True
        self._show()

    async def _be_stirred(self) -> None:
        """Until somebody asks for something, or something falls due."""
        wake_at = self._now.wake_at
        try:
            await workflow.wait_condition(
                lambda: self._is_stirred or (is_outdated() and workflow.all_handlers_finished()),
                timeout=max(wake_at - workflow.now(), _AT_ONCE) if wake_at else None,
                timeout_summary="the next reminder",
            )
        except TimeoutError:
            is_neglected = self._now.is_neglected(workflow.now())
            self._follow(s.Tick(), await find_people() if is_neglected else s.PlaybookPeople())

    async def _tell(self) -> None:
        if failed := tuple(self._failed):
            self._failed = []
            self._follow(ReportDelivery(receipts=failed), await find_people())
        notices, self._notices = self._notices, []
        for wave in batches_of(notices):
            self._under_way = (wave,)
            self._look_at(await _receipts_of(wave))
            self._under_way = ()

    def _look_at(self, receipts: Sequence[DeliveryResult]) -> None:
        """COMM-13: what did not arrive is told to a person, and before the run ends."""
        news = select_newer(self._heard, receipts)
        self._heard = [*self._heard, *news][-_HEARD_KEPT:]
        failed = [receipt for receipt in news if receipt.has_failed]
        self._failed += failed
        self._is_stirred |= bool(failed)

    @property
    def _is_over(self) -> bool:
        """Only then can the account be proposed again: the next sponsorship is a new run."""
        return self._now.standing is s.SponsorshipState.EXITED and not (self._notices or self._failed)

    def _show(self) -> None:
        enrolled = self._now.standing is s.SponsorshipState.ENROLLED
        workflow.upsert_memo(
            {
                contract.SPONSOR_MEMO: self._now.sponsor if enrolled else None,
                contract.SPONSORSHIP_MEMO: contract.SponsorshipListing.of(self._now),
            }
        )


async def _receipts_of(wave: NotificationBatch) -> tuple[DeliveryResult, ...]:
    try:
        receipts: tuple[DeliveryResult, ...] = await workflow.execute_activity(
            DELIVER_MESSAGES, wave, result_type=tuple[DeliveryResult, ...], **delivery_options(wave)
        )
    except ActivityError as error:
        receipts = receipts_after(error, wave)
    return receipts
