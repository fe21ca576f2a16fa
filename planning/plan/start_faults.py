"""
Faults of a start against the playbook, all at once, however wrong the rest is (START-6).

Reads the start as somebody wrote it, so that a fault in one field hides none in another. A value that is no text where
a text belongs is a fault of form, and is left out here.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from escalation.case.case_size import require_request_fits
from escalation.case.request import StartRequest
from escalation.kernel.ids import is_of_escalation, key_of, tenant_of
from escalation.kernel.reasons import InvalidValue, reason
from escalation.kernel.refusals import BadRequest, Fault, faults_of, quote_input
from escalation.kernel.values import from_plain
from planning.calendars.time_zone_names import time_zone_of
from planning.playbook.effective_levels import levels_of
from planning.playbook.faults import Finding, Path, unknown_name
from planning.playbook.schema import Playbook

_NOTHING: Mapping[str, Any] = {}


def find_start_faults(playbook: Playbook, written: object) -> Iterator[Finding]:
    """Yield each fault with its path in *written*."""
    start = written if isinstance(written, Mapping) else _NOTHING
    yield from _check_matrix(playbook, start)
    yield from _check_people(playbook, start)
    yield from _check_customers(playbook, start)
    yield from _check_level(playbook, start)
    yield from _check_outage(playbook, start)
    yield from _check_references(start)


def start_faults_of(playbook: Playbook, written: object) -> tuple[Fault, ...]:
    """Return the faults of a start; their place is the path of the field."""
    return tuple(each.as_fault() for each in find_start_faults(playbook, written))


def join_faults(shape: Sequence[Fault], more: Sequence[Fault]) -> tuple[Fault, ...]:
    """Return the faults of *shape*, and those of *more* that are about other places."""
    known = {fault.where for fault in shape}
    return (*shape, *(fault for fault in more if fault.where not in known))


def read_request(key: str, written: dict[str, Any], playbook: Playbook) -> StartRequest:
    """
    Return *written* as the request that it is.

    Raises:
        BadRequest: If *written* is no request for *key*, with every fault, its own and against *playbook*.
    """
    request, faults = None, tuple[Fault, ...]()
    try:
        request = from_plain(StartRequest, written)
    except ValidationError as error:
        faults = faults_of(error)
    faults = join_faults(faults, (*_of_key(key, written), *start_faults_of(playbook, written)))
    if faults or request is None:
        raise BadRequest.because(reason("of.start", key), faults)
    require_request_fits(request, reason("of.start", key))
    return request


def _of_key(key: str, written: dict[str, Any]) -> Iterator[Fault]:
    named = written.get("key")
    if named is not None and named != key:
        yield Fault(where="key", given=quote_input(named), allowed=f"the workflow's id, {key}")


def _text_of(written: Mapping[str, Any], name: str) -> str | None:
    value = written.get(name)
    return value if isinstance(value, str) else None


def _items_of(written: Mapping[str, Any], name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    value = written.get(name)
    items = value if isinstance(value, list | tuple) else ()
    return ((number, item) for number, item in enumerate(items) if isinstance(item, Mapping))


def _check_matrix(playbook: Playbook, written: Mapping[str, Any]) -> Iterator[Finding]:
    issue_type, category = _text_of(written, "issue_type"), _text_of(written, "category")
    kind = playbook.issue_types.get(issue_type or "")
    if kind is not None:
        if category is not None and category not in kind.categories:
            yield unknown_name(("category",), category, kind.categories, f"of {issue_type}: ")
        return
    if issue_type is not None:
        yield unknown_name(("issue_type",), issue_type, playbook.issue_types)
    known = {name for every in playbook.issue_types.values() for name in every.categories}
    if category is not None and category not in known:
        yield unknown_name(("category",), category, sorted(known))


def _check_people(playbook: Playbook, written: Mapping[str, Any]) -> Iterator[Finding]:
    by = _text_of(written, "submitted_by")
    if by is not None and by not in playbook.people:
        yield unknown_name(("submitted_by",), by, playbook.people, called=playbook.ids_by_name)
    for number, customer in _items_of(written, "customers"):
        for place, contact in _items_of(customer, "contacts"):
            yield from _check_zone(("customers", number, "contacts", place, "time_zone"), contact)


def _check_zone(path: Path, contact: Mapping[str, Any]) -> Iterator[Finding]:
    zone = _text_of(contact, "time_zone")
    try:
        if zone is not None:
            time_zone_of(zone)
    except InvalidValue as slip:
        yield Finding(path, quote_input(zone), slip.allowed, slip.suggestion)


def _check_customers(playbook: Playbook, written: Mapping[str, Any]) -> Iterator[Finding]:
    """A tier that the playbook does not have would silently change nothing."""
    for number, customer in _items_of(written, "customers"):
        tier = _text_of(customer, "tier")
        if playbook.tiers and tier is not None and tier not in playbook.tiers:
            yield unknown_name(("customers", number, "tier"), tier, playbook.tiers)


def _check_level(playbook: Playbook, written: Mapping[str, Any]) -> Iterator[Finding]:
    level, issue_type, category = (
        written.get("entry_level"),
        _text_of(written, "issue_type"),
        _text_of(written, "category"),
    )
    kind = playbook.issue_types.get(issue_type or "")
    if not isinstance(level, int) or kind is None or category not in kind.categories:
        return
    last = len(levels_of(playbook, str(issue_type), category))
    if level > last:
        yield Finding(("entry_level",), quote_input(level), reason("allowed.levels", last))


def _check_outage(playbook: Playbook, written: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the case may join the outage: all who join get its updates, so other tenants must be allowed to."""
    outage, key = _text_of(written, "outage"), _text_of(written, "key")
    if outage is None or key is None or tenant_of(outage) in {tenant_of(key), *playbook.shared_outages}:
        return
    own, shared = tenant_of(key), playbook.shared_outages
    allowed = reason("allowed.outage_of_these", own, shared) if shared else reason("allowed.own_outage", own)
    yield Finding(("outage",), quote_input(outage), allowed)


def _check_references(written: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the predecessor is of the same case, and that no linked record is the case itself."""
    key, before = _text_of(written, "key"), _text_of(written, "predecessor")
    if key and before is not None and is_of_escalation(before) and key_of(before) != key:
        yield Finding(("predecessor",), quote_input(before), reason("allowed.predecessor", key))
    for name in ("linked_tickets", "problem_records"):
        value = written.get(name)
        for number, record in enumerate(value if isinstance(value, list | tuple) else ()):
            if key and isinstance(record, str) and key_of(record) == key:
                yield Finding((name, number), quote_input(record), reason("allowed.other_record"))
