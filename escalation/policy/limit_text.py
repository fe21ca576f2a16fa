"""
Limits as people write them: ``5 per 10 min``.

Owns the form. What a limit holds back is for ``escalation.policy.preferences``.
"""

import re
from datetime import timedelta

from escalation.kernel.reasons import InvalidValue, reason
from escalation.policy.plan import Basis
from escalation.policy.preferences import MOST_COUNTED, Limit
from escalation.policy.spans import SpanFault, parse_span

LIMIT_FORM = reason("allowed.limit", MOST_COUNTED)
LONGEST_LIMIT = timedelta(days=7)

_LIMIT = re.compile(r"(\d{1,6}) ?(?:per|/) ?(.+)", re.ASCII)
_COUNTED = frozenset({Basis.PRIORITY, Basis.CALENDAR_DAYS})
_UNITS = {"day": timedelta(days=1), "h": timedelta(hours=1), "min": timedelta(minutes=1)}


def limit_in_words(limit: Limit) -> str:
    """``5 per 10 min``, as ``parse_limit`` reads it."""
    fitting = ((unit, span) for unit, span in _UNITS.items() if not limit.within % span)
    unit, span = next(fitting, ("s", timedelta(seconds=1)))
    return f"{limit.at_most} per {limit.within / span:g} {unit}"


def parse_limit(text: str) -> Limit:
    """
    Read ``5 per 10 min``.

    Raises:
        InvalidValue: If it is no limit, or one that lets nothing through.
    """
    match = _LIMIT.fullmatch(" ".join(text.lower().split()))
    if not match or not 1 <= int(match[1]) <= MOST_COUNTED:
        raise InvalidValue(LIMIT_FORM)
    try:
        within = parse_span(match[2] if match[2][0].isdigit() else f"1 {match[2]}")
    except SpanFault:
        raise InvalidValue(LIMIT_FORM) from None
    if within.basis not in _COUNTED or within.elapsed > LONGEST_LIMIT:
        raise InvalidValue(reason("allowed.limit_length", LIMIT_FORM, LONGEST_LIMIT.days))
    return Limit(at_most=int(match[1]), within=within.elapsed)
