"""
Forms of moves: what can be chosen in them, what stands in them before anybody writes, and how they are read.

Must not know what a move does.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import Any, TypeVar

from pydantic import ValidationError

from entrypoints.web.console.record_form import Known, Pairs, RecordForm, plain_choices
from escalation.case.customer_texts import PendingText
from escalation.case.lifecycle import Move
from escalation.case.move_index import COMMAND_OF, PersonsCommand
from escalation.case.rca_content import InternalRca, RcaTimelineEntry
from escalation.case.state import Escalation
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, faults_of
from escalation.kernel.values import from_plain, to_plain
from escalation.policy.people import Contact, ContactKind

Command = TypeVar("Command")
_BY = "by"
_PEOPLE = ("to", "owner", "lead", "people", "hand_over_to", "approved_by")
"""Fields that name people, teams or rotas."""


def has_form(move: Move) -> bool:
    """Return whether people make *move* in a form."""
    return move in COMMAND_OF


def form_of(move: Move) -> RecordForm:
    return RecordForm(COMMAND_OF[move], frozenset({_BY}))


def known_in(
    now: Escalation, pauses: Sequence[str], languages: Sequence[str], texts: Sequence[PendingText]
) -> Known:
    """Return what can be chosen in the forms of moves of *now*; *texts*: those for customers that the form shows."""
    people, actions = pairs_of(now.plan.contacts), [action for action in now.actions if action.is_open]
    records = [each for each in now.request.linked_tickets if each not in now.settled]
    choices: dict[str, Pairs] = {
        **dict.fromkeys(_PEOPLE, people),
        "trigger": _spelled(trigger.name for trigger in now.current_level.triggers),
        "response": plain_choices(now.responses_left),
        "account": plain_choices(customer.account for customer in now.request.customers),
        "contact": [(each.mailbox, each.name) for each in now.request.recipients],
        "record": plain_choices(records),
        "action": [(str(action.number), str(action.what)) for action in actions],
        "number": [(str(text.number), str(text.text)) for text in texts],
        "AnswerQuestion.number": [(str(asked.number), str(asked.text)) for asked in now.questions],
        "because": _spelled(pauses),
        "skill": plain_choices(now.plan.skills),
        "StandDownTaskForce.name": plain_choices(
            force.name for force in now.task_forces if force.is_standing
        ),
    }
    roles = {role for contact in now.plan.contacts for role in contact.roles}
    suggestions = {"role": plain_choices(sorted(roles)), "language": plain_choices(languages)}
    left_out = ("hint.people", str(len(now.plan.others)))
    hints = dict.fromkeys(_PEOPLE, left_out) if now.plan.others else {}
    return Known(choices, suggestions, hints)


def pairs_of(contacts: Iterable[Contact]) -> Pairs:
    """Return who can be chosen: people first, then teams and rotas."""
    ordered = sorted(contacts, key=lambda each: (each.kind is not ContactKind.PERSON, each.name))
    return [(contact.id, contact.name) for contact in ordered]


def _spelled(codes: Iterable[str]) -> Pairs:
    return [(code, code.replace("_", " ")) for code in codes]


def texts_to_judge(now: Escalation, number: str) -> Sequence[PendingText]:
    """Return the text for customers that *number* chooses; without such a one, all that wait."""
    return [text for text in now.pending_texts if str(text.number) == number] or now.pending_texts


def begun_with(
    move: Move,
    now: Escalation,
    proposed: Sequence[RcaTimelineEntry],
    texts: Sequence[PendingText],
    zone: tzinfo,
) -> Mapping[str, str]:
    """
    Return what stands in the form of *move* before anybody writes: the latest version, to be changed, or what follows
    from the record. *proposed*: the timeline of a first RCA. *texts*: those that the form shows.
    """
    return form_of(move).given_of(_begun_with(move, now, proposed, texts), zone)


def _begun_with(
    move: Move, now: Escalation, proposed: Sequence[RcaTimelineEntry], texts: Sequence[PendingText]
) -> Mapping[str, Any]:
    match move:
        case Move.FILE_RCA:
            return {"rca": to_plain(now.rca.internal) if now.rca.internal else _first_rca(now, proposed)}
        case Move.DERIVE_RCA if now.rca.internal:
            return {
                "rca": to_plain(now.rca.customer) if now.rca.customer else _for_customers(now.rca.internal)
            }
        case Move.FILE_POST_MORTEM if now.post_mortem:
            return {"post_mortem": to_plain(now.post_mortem)}
        case Move.REVISE_PLAN if now.action_plan:
            return {"steps": to_plain(now.action_plan)["steps"]}
        case Move.EDIT_TEXT if len(texts) == 1:
            return {"number": texts[0].number, "text": str(texts[0].text)}
    return {}


def _first_rca(now: Escalation, proposed: Sequence[RcaTimelineEntry]) -> Mapping[str, Any]:
    return {
        "timeline": [to_plain(entry) for entry in proposed],
        "problem_records": list(now.request.problem_records),
    }


def _for_customers(internal: InternalRca) -> Mapping[str, Any]:
    actions = [str(each.for_customers) for each in internal.corrective_actions if each.for_customers]
    return {"summary": str(internal.summary_for_customers or ""), "actions": actions}


def read_form(move: Move, by: str, given: Mapping[str, str], zone: tzinfo) -> PersonsCommand:
    """
    Return the command that *given*, the fields of a form, asks for.

    Raises:
        BadRequest: If they are no such command; its faults are named by the paths of the fields.
    """
    plain = form_of(move).plain(given, zone)
    return read_command(COMMAND_OF[move], {**plain, _BY: by})


def read_command(command: type[Command], plain: Mapping[str, Any]) -> Command:
    """
    Raises:
        BadRequest: If *plain* is no such command.
    """
    try:
        return from_plain(command, plain)
    except ValidationError as error:
        raise BadRequest.because(reason("of.form"), faults_of(error)) from None
