"""
A small past to report on: escalations that the engine ran, and an import, all with something to measure.
"""

from pathlib import Path

from escalation.case import events as e
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.answer_survey import AnswerSurvey
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.close import Close
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.file_post_mortem import FilePostMortem
from escalation.case.moves.finish_action import FinishAction
from escalation.case.moves.pause import PauseClocks, ResumeClocks
from escalation.case.moves.reject_resolution import RejectResolution
from escalation.case.moves.request_rca import RequestRca
from escalation.case.moves.transfer import Transfer
from escalation.case.post_mortem import PostMortem
from escalation.case.resolution import AccessAnswer
from escalation.case.start import Opened
from escalation.kernel.values import CustomerText, InternalText
from escalation.measures.definitions import ImportedEscalation
from escalation.notifications.system_commands import Tick
from escalation.policy.classification import EscalationReason, Priority
from escalation.policy.plan import ActionPolicy
from planning.forecast.export_map import ExportMap, read_map
from planning.forecast.helpdesk_log import read_log
from planning.forecast.imported_escalation import import_incident
from records.store import RecordStore
from tests.builders import (
    DECLARE,
    JO,
    RCA_COURSE,
    VERIFY,
    a_customer,
    a_plan,
    all_delivered,
    at,
    friday,
    monday,
    opening,
    tuesday,
)
from tests.escalation.notified import events_of
from tests.escalation.plans import A_SURVEY
from tests.records.event_builders import a_batch

MAP = Path(__file__).parents[2] / "playbooks" / "maps" / "servicenow.yaml"
EXPORT = """\
number,incident_state,opened_at,sys_updated_at,sys_mod_count,category,priority,assignment_group,assigned_to,\
sys_updated_by,caller_id,contact_type,problem_id,made_sla
INC1,New,02-03-2026 08:00,02-03-2026 08:05,0,Network,3 - Moderate,Desk,?,ann,Caller 1,Phone,?,TRUE
INC1,Active,02-03-2026 08:00,02-03-2026 08:30,1,Network,3 - Moderate,Desk,Bo,bo,Caller 1,Phone,?,TRUE
INC1,Active,02-03-2026 08:00,02-03-2026 09:30,2,Network,2 - High,Net,?,bo,Caller 1,Phone,?,TRUE
INC1,Awaiting User Info,02-03-2026 08:00,02-03-2026 10:00,3,Network,2 - High,Desk,Bo,bo,Caller 1,Phone,?,TRUE
INC1,Active,02-03-2026 08:00,02-03-2026 13:00,4,Network,2 - High,Desk,Bo,bo,Caller 1,Phone,PRB7,FALSE
INC1,Resolved,02-03-2026 08:00,03-03-2026 08:00,5,Network,2 - High,Desk,Bo,bo,Caller 1,Phone,PRB7,FALSE
INC1,Active,02-03-2026 08:00,03-03-2026 09:00,6,Network,2 - High,Net,Cy,cy,Caller 1,Phone,PRB7,FALSE
INC1,Resolved,02-03-2026 08:00,04-03-2026 08:00,7,Network,2 - High,Net,Cy,cy,Caller 1,Phone,PRB7,FALSE
INC1,Closed,02-03-2026 08:00,09-03-2026 08:00,8,Network,2 - High,Net,Cy,cy,Caller 1,Phone,PRB7,FALSE
INC2,New,03-03-2026 10:00,03-03-2026 10:00,0,?,4 - Low,Desk,?,ann,Caller 2,Phone,?,TRUE
INC2,Closed,03-03-2026 10:00,03-03-2026 16:00,1,?,4 - Low,Desk,Bo,bo,Caller 2,Phone,prb7,TRUE
"""


AFTER_CLOSE = (
    at(2, "09:00"),
    AnswerSurvey(by=JO, account="ACME", score=4, comment=InternalText("quick")),
    FilePostMortem(
        by="ed",
        post_mortem=PostMortem.model_validate(
            {
                "participants": ["ed"],
                "findings": ["nobody looked at the weather"],
                "actions": [{"what": "buy tarpaulins", "owner": "mia", "due": "2026-03-10"}],
            }
        ),
    ),
    at(3, "09:00"),
    FinishAction(by="mia", action=2),
)
"""Of one that has a survey, and an action of its RCA: a late answer, and another action, which is done."""


def the_map() -> ExportMap:
    return read_map(MAP.read_bytes(), MAP.name)


def imported(text: str = EXPORT, tenant: str = "DESK") -> list[ImportedEscalation]:
    log = read_log(text.encode(), "export.csv", the_map())
    return [import_incident(incident, the_map(), tenant) for incident in log.incidents]


def lives() -> list[tuple[e.Event, ...]]:
    """Of four escalations: quick, and followed up; late and reopened; passed back and forth; just begun."""
    followed_up = a_plan(survey=A_SURVEY, actions=ActionPolicy())
    first = opening(key="ACME/1", priority="P1", plan=followed_up)
    begun = first.state
    quick = events_of(
        first,
        monday("09:03"),
        all_delivered(begun, monday("09:03")),
        Acknowledge(by="ana"),
        monday("10:00"),
        DECLARE,
        VERIFY,
        ConfirmAccess(by="eva", account="ACME", answer=AccessAnswer.YES),
        tuesday("09:00"),
        *RCA_COURSE,
        Close(by="ed"),
        *AFTER_CLOSE,
    )
    late = events_of(
        opening(
            at(1, "09:00"), key="ACME/2", customers=(a_customer("ACME"), a_customer("Çağ", "a@cag.example"))
        ),
        at(1, "09:02"),
        Acknowledge(by="ana"),
        at(1, "10:00"),
        PauseClocks(by="ana", because="waiting_for_customer"),
        at(1, "15:00"),
        ResumeClocks(by="ana"),
        at(8, "09:00"),
        Tick(),
        at(8, "10:00"),
        DECLARE,
        at(8, "12:00"),
        RejectResolution(by="ari", why=InternalText("it is broken again")),
        at(9, "12:00"),
        DECLARE,
        VERIFY,
        at(10, "12:00"),
        RequestRca(by="ed"),
        *RCA_COURSE[:2],
    )
    to_finance = Transfer(by="ana", to="finance", reason=EscalationReason.LACK_OF_EXPERTISE)
    to_ana = Transfer(by="fay", to="ana", reason=EscalationReason.OTHER)
    passed = events_of(
        opening(
            friday("09:00"), key="ZOO/3", subject=CustomerText("<script>alert('🙈')</script>"), reason="other"
        ),
        Acknowledge(by="ana"),
        friday("09:10"),
        to_finance,
        Acknowledge(by="fay"),
        friday("09:20"),
        to_ana,
        friday("09:25"),
        ChangePriority(by="ana", priority=Priority.P2),
    )
    return [quick, late, passed, opening(at(8, "09:00"), key="ZOO/4").events]


def filled(store: RecordStore) -> None:
    """Put this past into *store*."""
    for events in lives():
        first = events[0]
        assert isinstance(first, Opened)
        store.append(a_batch(events, escalation=first.id, key=first.request.key))
    list(store.import_escalations(imported()))
