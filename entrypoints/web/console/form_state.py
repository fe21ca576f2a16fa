"""State of a form between two requests: what was written, which button was pressed, and what was wrong."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from entrypoints.web.console.people_who_may import name_people
from escalation.case.state import Escalation
from escalation.kernel.reasons import Part
from escalation.kernel.refusals import BadRequest, EscalationError, Fault, Refusal

ADD, REMOVE, PREVIEW = "add", "remove", "preview"
"""Names of the buttons that only change the form, or show what it would do."""
READ_AT = "form_read_at"
"""Name of the hidden field that says when the form was drawn."""
_OURS = frozenset({ADD, REMOVE, PREVIEW, READ_AT})


@dataclass(frozen=True)
class FormState:
    """A form as it was sent, or as it is shown first."""

    fields: Mapping[str, str] = field(default_factory=dict)
    add: str = ""
    """Path of the list that gets one more group."""
    is_changed_only: bool = False
    """True if a group was added or removed, and nothing is asked for yet."""
    is_preview: bool = False
    read_at: datetime | None = None
    """The instant at which the form that was sent had been drawn; None: it does not say."""
    refusal: Refusal | None = None
    is_malformed: bool = False

    @classmethod
    def sent(cls, given: Mapping[str, str]) -> Self:
        removed = f"{given[REMOVE]}." if REMOVE in given else None
        kept = {
            path: text
            for path, text in given.items()
            if path not in _OURS and not (removed and path.startswith(removed))
        }
        is_changed_only, read_at = bool(given.keys() & {ADD, REMOVE}), _instant(given.get(READ_AT, ""))
        return cls(kept, given.get(ADD, ""), is_changed_only, PREVIEW in given, read_at)

    def refused(self, error: EscalationError) -> Self:
        return replace(self, refusal=error.refusal, is_malformed=isinstance(error, BadRequest))

    @property
    def status(self) -> int:
        return 200 if self.refusal is None else 422 if self.is_malformed else 409

    def obstacle(self, now: Escalation | None = None) -> Part:
        """Return why it was refused, with the people of *now* who may instead; nothing, if it was not."""
        if self.refusal is None:
            return ""
        return name_people(self.refusal.reason, now) if now else self.refusal.reason

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self.refusal.faults if self.refusal else ()


def _instant(text: str) -> datetime | None:
    with suppress(ValueError):
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else None
    return None
