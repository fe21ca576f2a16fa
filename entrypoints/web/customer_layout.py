"""
The layout of a customer's page: a view of theirs, in their language and time zone.

Owns what stands where on the page. It is given a `CustomerView` and nothing else of the case, so no internal text can
be on it (COMM-6). Must not know requests, tokens or moves.
"""

import secrets
from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Self

from entrypoints.web.answer_fields import LONGEST_COMMENT, SCORES
from entrypoints.web.customer_forms import LONGEST_ADDRESS, FormName, open_forms
from entrypoints.web.page_texts import PAGE, Languages, section
from entrypoints.web.pages import Page, Pages, instant_text
from escalation.case.customer_view import CustomerView
from escalation.case.lifecycle import State
from escalation.case.move_index import PersonsCommand
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.resolution import AccessAnswer
from messages.catalogue import Catalogue

_STEPS = {
    "received": (State.STARTED, State.COMMUNICATING),
    "working": (State.RESOLVING, State.VERIFYING),
    "solved": (State.CLOSING,),
    "closed": (State.CLOSED,),
}
"""The way of a case, as customers see it."""
_MISTAKES = {
    FormName.ACCESS.value: "access.mistake",
    FormName.SURVEY.value: "survey.mistake",
    FormName.EVIDENCE.value: "case.evidence.mistake",
}
"""Words of the forms that have their own for what is no answer."""
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Remark(StrEnum):
    """The remark on a form that was posted, at the top of the page. The values name its words."""

    DONE = "done"
    STILL_BROKEN = "still_broken"
    MISTAKE = "mistake"
    NOT_NOW = "not_now"

    @classmethod
    def of(cls, command: PersonsCommand) -> Self:
        """Return the remark after the move *command*."""
        is_broken = isinstance(command, ConfirmAccess) and command.answer is AccessAnswer.NO
        return cls("still_broken" if is_broken else "done")


class _Said(NamedTuple):
    """One thing in the list of what was said."""

    label: str
    at: str
    text: str
    is_ours: bool


class CustomerLayout:
    """Pages of cases in *languages*."""

    def __init__(self, languages: Languages, pages: Pages) -> None:
        self._languages = languages
        self._pages = pages

    def draw(
        self, view: CustomerView, remark: Remark | None = None, form: Mapping[str, str] = _NOTHING
    ) -> Page:
        """Draw the page; with *form*, as it was filled in, because that was no answer."""
        words = self._languages.words(self._languages.nearest(view.language))
        said = section(words, "case")
        stage = "merged" if view.merged_into else view.state.value
        return self._pages.draw(
            "customer.html",
            words.language,
            title=said[f"{stage}.title"],
            text=said[f"{stage}.text"].format(reference=view.merged_into),
            words=said,
            names=section(words, "facts"),
            access=section(words, "access"),
            survey=section(words, "survey"),
            scores=[(score, words.word(PAGE, f"survey.score_{score}")) for score in SCORES],
            steps=_steps(view, said),
            facts=list(_facts(view, words)),
            view=view,
            forms={name.value for name in open_forms(view)},
            questions=[(each, instant_text(each.due_at, words, view.time_zone)) for each in view.questions],
            conversation=list(_conversation(view, words)),
            remark=_remark_text(view, words, remark, form),
            is_alarm=remark in {Remark.MISTAKE, Remark.NOT_NOW},
            form={"form": "", "number": "", "comment": "", "link": "", "answer": "", "score": "", **form},
            once=secrets.token_urlsafe(12),
            longest=LONGEST_COMMENT,
            longest_address=LONGEST_ADDRESS,
        )


def _remark_text(view: CustomerView, words: Catalogue, remark: Remark | None, form: Mapping[str, str]) -> str:
    if remark is None:
        return ""
    if remark is Remark.STILL_BROKEN:
        return words.sentence(PAGE, "access.still_broken.text", reference=view.reference)
    mistakes = _MISTAKES if remark is Remark.MISTAKE else {}
    code = mistakes.get(form.get("form", ""), f"case.{remark}")
    return words.word(PAGE, code)


def _steps(view: CustomerView, said: Mapping[str, str]) -> list[tuple[str, bool]]:
    """Return each step, and whether the case is there; none, where it ended before the goal."""
    if view.state is State.CANCELLED:
        return []
    return [(said[f"step.{name}"], view.state in states) for name, states in _STEPS.items()]


def _facts(view: CustomerView, words: Catalogue) -> Iterator[tuple[str, str]]:
    names, said, zone = section(words, "facts"), section(words, "case"), view.time_zone
    if view.next_update_at:
        yield names["next_update"], instant_text(view.next_update_at, words, zone)
    if view.estimate:
        solved_by = instant_text(view.estimate.solved_by, words, zone)
        yield names["estimate"], f"{solved_by} ({said[f'sure.{view.estimate.sure}']})"
    yield names["problem"], view.subject
    if view.impact:
        yield names["impact"], view.impact
    yield names["reference"], view.reference
    if view.several_accounts:
        yield names["accounts"], ", ".join(view.several_accounts)
    if view.ended_at:
        yield names["ended"], instant_text(view.ended_at, words, zone)
    yield names["contact"], view.owner
    desk = f" ({view.desk})" if view.desk else ""
    if view.telephone:
        yield names["telephone"], f"{view.telephone}{desk}"
    if view.email:
        yield names["email"], f"{view.email}{'' if view.telephone else desk}"


def _conversation(view: CustomerView, words: Catalogue) -> Iterator[_Said]:
    """Yield what was said, the latest first."""
    said = section(words, "case")
    for each in reversed(view.conversation):
        at = instant_text(each.at, words, view.time_zone)
        yield _Said(said[f"said.{each.kind}"], at, each.told or each.said or "", is_ours=each.is_ours)
