"""
ReportWorkflow: one run of a report by schedule. It has the review pack made, and mails it (RECORD-3).

Which period that is follows from the time at which the schedule was to run it, never from a clock: a run that is late,
or made up for, is about the same days and has the same keys (COMM-12). It holds no rule.
"""

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy, SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError

from escalation import contract
from escalation.kernel.ids import Own
from escalation.kernel.values import CustomerText
from escalation.measures.report_schedule import (
    MakeReport,
    OpenEscalationsRecorded,
    ReportMade,
    ReportSchedule,
)
from escalation.notifications.batches import batches_of
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.foreign_messages import find_foreign_messages
from escalation.notifications.notification import (
    InternalFacts,
    InternalNotification,
    NotificationBatch,
    Occasion,
)
from escalation.policy.classification import Priority
from messages.speaker import speaker as english
from workflows import web_ui
from workflows.delivery_outbox import deliver
from workflows.inputs import read_start, refuse_bad_input, require_own_id, takes_one

SCHEDULED_AT = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
"""Search attribute that the server sets on what a schedule starts."""
_EXAMPLE = '{"rhythm": "weekly", "at": "07:00", "time_zone": "UTC", "to": ["elena"]}'


@workflow.defn(name=contract.REPORT_WORKFLOW)
class ReportWorkflow:
    """The report of one period."""

    @workflow.init
    @takes_one
    @refuse_bad_input
    def __init__(self, *begins: RawValue) -> None:
        self._schedule = read_start(ReportSchedule, begins, _EXAMPLE)
        require_own_id(Own.REPORT)
        self._made: ReportMade | None = None
        self._results: list[DeliveryResult] = []
        self._under_way: tuple[NotificationBatch, ...] = ()

    @workflow.run
    @takes_one
    async def run(self, *_begins: RawValue) -> tuple[DeliveryResult, ...]:
        """
        Raises:
            ApplicationError: (``report_not_delivered``) If somebody was not reached. All others were.
        """
        self._made = await self._make()
        for batch in batches_of([_notification(self._schedule, self._made)]):
            self._under_way = (batch,)
            self._results += await deliver(batch)
        failed = [
            *(f"{name}: not in the playbook, or without an address" for name in self._made.unknown),
            *(
                f"{result.recipient}: {english().say(result.why)}"
                for result in self._results
                if result.has_failed
            ),
        ]
        if failed:
            raise ApplicationError(
                f"not notified: {'; '.join(failed)}", type="report_not_delivered", non_retryable=True
            )
        return tuple(self._results)

    @workflow.query(
        name=contract.OUTDATED_MESSAGES, description="Which messages should not leave any more, and why."
    )
    def outdated_messages(self, batch: NotificationBatch) -> dict[str, str]:
        return find_foreign_messages(batch, f"{self._schedule.id}:", self._results, self._under_way)

    def current_details(self) -> str:
        return web_ui.report_details(self._schedule, self._made, self._results)

    async def _make(self) -> ReportMade:
        """Make the review pack, tried until it succeeds: a database that is down delays the report, and loses none."""
        made: ReportMade = await workflow.execute_activity(
            contract.MAKE_REPORT,
            MakeReport(schedule=self._schedule, due_at=_due_at(), record=await _record_open_escalations()),
            task_queue=contract.RECORD_TASK_QUEUE,
            result_type=ReportMade,
            start_to_close_timeout=timedelta(minutes=10),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=5)),
            summary=f"make the {self._schedule.rhythm} review pack",
        )
        return made


async def _record_open_escalations() -> OpenEscalationsRecorded | None:
    """Record what is open, or return None: a report does not wait for it, and says what it lacks."""
    try:
        done: OpenEscalationsRecorded = await workflow.execute_activity(
            contract.RECORD_OPEN_ESCALATIONS,
            task_queue=contract.RECORD_TASK_QUEUE,
            result_type=OpenEscalationsRecorded,
            start_to_close_timeout=timedelta(minutes=5),
            schedule_to_close_timeout=timedelta(minutes=10),
            retry_policy=RetryPolicy(maximum_attempts=3),
            summary="bring the record of what is open up to now",
        )
    except ActivityError:
        return None
    return done


def _due_at() -> datetime:
    """Return when the schedule was to start this run; of one that somebody started by hand, its start."""
    info = workflow.info()
    return info.typed_search_attributes.get(SCHEDULED_AT) or info.workflow_start_time


def _notification(schedule: ReportSchedule, made: ReportMade) -> InternalNotification:
    """Return the notification of *made*. Its key is made of the schedule, the period and the reader (COMM-12)."""
    pack = made.pack
    facts = InternalFacts(
        key=schedule.id,
        subject=CustomerText(f"{pack.first} – {pack.last}"),
        priority=Priority.P4,
        state="",
        level=0,
        level_name="",
        owner="",
        review=pack,
    )
    return InternalNotification(
        escalation=schedule.id,
        seq=pack.seq,
        cause=str(pack.seq),
        occasion=Occasion.REVIEW_PACK,
        to=made.to,
        facts=facts,
    )
