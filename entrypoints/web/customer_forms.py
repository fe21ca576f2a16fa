"""
The forms of a customer's page: which move each one asks for (TALK-1, TALK-3, TALK-4).

Whether a move is allowed, and who is notified of it, is the engine's to say.
"""

import hashlib
import re
from collections.abc import Mapping
from enum import StrEnum

from entrypoints.web.answer_fields import SCORES, YES_OR_NO, InvalidAnswer, read_choice, read_text
from escalation.case.customer_view import CustomerView
from escalation.case.move_index import PersonsCommand
from escalation.case.moves.add_evidence import AddEvidence
from escalation.case.moves.answer_question import AnswerQuestion
from escalation.case.moves.answer_survey import AnswerSurvey
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.record_customer_message import RecordCustomerMessage
from escalation.case.rca_content import WEB_ADDRESS
from escalation.case.request import Channel
from escalation.case.resolution import AccessAnswer
from escalation.kernel.values import CustomerWords, InternalText
from escalation.policy.classification import EvidenceKind

_ONCE = re.compile(r"[\w-]{8,64}")
LONGEST_ADDRESS = 2_000
"""Characters of the link to a file."""


class FormName(StrEnum):
    """The forms. The values name their words."""

    QUESTION = "question"
    ACCESS = "access"
    SURVEY = "survey"
    MESSAGE = "message"
    EVIDENCE = "evidence"


def open_forms(view: CustomerView) -> frozenset[FormName]:
    """Return the forms that the page has now."""
    always = {FormName.MESSAGE, FormName.EVIDENCE} if view.takes_words else set()
    asked = {
        FormName.QUESTION: bool(view.questions),
        FormName.ACCESS: view.is_access_asked,
        FormName.SURVEY: view.is_survey_asked,
    }
    return frozenset({*always, *(name for name, is_asked in asked.items() if is_asked)})


def form_name(form: Mapping[str, str]) -> FormName:
    """
    Raises:
        InvalidAnswer: If it is none of ours.
    """
    return FormName(read_choice(form, "form", [*FormName]))


def command_of_form(view: CustomerView, form: Mapping[str, str]) -> PersonsCommand:
    """
    Return the move that *form* asks for.

    Raises:
        InvalidAnswer: If it is not filled in.
    """
    by, account = view.contact, view.accounts[0]
    match form_name(form):
        case FormName.QUESTION:
            # Whether it is still open is the engine's to say: a second press of the button is not to be a mistake.
            answer = CustomerWords(_written(form))
            return AnswerQuestion(by=by, number=_number(form), answer=answer)
        case FormName.MESSAGE:
            text = CustomerWords(_written(form))
            return RecordCustomerMessage(by=by, account=account, text=text, channel=Channel.PORTAL)
        case FormName.EVIDENCE:
            what, link = InternalText(_written(form)), _address(form)
            return AddEvidence(by=by, evidence=EvidenceKind.REPORT, what=what, link=link)
        case FormName.ACCESS:
            access, note = AccessAnswer(read_choice(form, "answer", YES_OR_NO)), InternalText(read_text(form))
            return ConfirmAccess(by=by, account=account, answer=access, note=note)
        case FormName.SURVEY:
            score, comment = int(read_choice(form, "score", SCORES)), InternalText(read_text(form))
            return AnswerSurvey(by=by, account=account, score=score, comment=comment)


def update_id_of(escalation: str, command: PersonsCommand, form: Mapping[str, str]) -> str:
    """
    Return the id under which a form that is posted again, by a double click or a reload, is no further move: each
    drawing of the page has its own mark.

    Raises:
        InvalidAnswer: If the mark is none of ours.
    """
    if not _ONCE.fullmatch(once := form.get("once", "")):
        raise InvalidAnswer
    return hashlib.sha256("\n".join((escalation, command.by, command.kind, once)).encode()).hexdigest()


def _written(form: Mapping[str, str]) -> str:
    text = read_text(form)
    if not text:
        raise InvalidAnswer
    return text


def _number(form: Mapping[str, str]) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,8}", number := form.get("number", "")):
        raise InvalidAnswer
    return int(number)


def _address(form: Mapping[str, str]) -> str:
    address = form.get("link", "").strip()
    if address and (len(address) > LONGEST_ADDRESS or not WEB_ADDRESS.fullmatch(address)):
        raise InvalidAnswer
    return address
