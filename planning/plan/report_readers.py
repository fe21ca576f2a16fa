"""
Readers of scheduled reports: people, teams and roles of a playbook, and plain addresses.

Owns the form of a schedule of reports. Knows not when it runs, and not what it sends.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from escalation.kernel.language_tag import LanguageTag
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault, faults_of, nearest, quote_input
from escalation.kernel.values import from_plain, to_plain
from escalation.measures.report_schedule import ReportSchedule, Rhythm
from escalation.policy.people import Recipient
from planning.calendars.calendar_spec import TimeZone
from planning.plan.contacts import contact_of
from planning.playbook.faults import list_names
from planning.playbook.schema import Playbook
from planning.playbook.value_types import Address
from planning.spec import Names, Spec

_ADDRESS: TypeAdapter[str] = TypeAdapter(Address)
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def _check_time_of_day(text: str) -> str:
    if not _TIME_OF_DAY.fullmatch(text):
        raise ValueError("a time such as 07:00")
    return text


class _Written(Spec):
    rhythm: Rhythm
    at: Annotated[str, AfterValidator(_check_time_of_day)]
    time_zone: TimeZone
    to: Annotated[Names, Field(min_length=1)]
    language: LanguageTag = "en"


class ReportReaders(NamedTuple):
    known: tuple[Recipient, ...]
    """Each once, by the address that is tried first."""
    unknown: tuple[str, ...]
    """Names that stand for nobody who has an address."""


def read_schedule(written: Mapping[str, Any], playbook: Playbook) -> ReportSchedule:
    """
    Raises:
        BadRequest: With every fault, by the names of the fields.
    """
    names = [name for name in written.get("to", ()) if isinstance(name, str)]
    faults = [
        _unknown_fault(name, playbook) for name in names if not _recipients_named(name, playbook, "en", "UTC")
    ]
    try:
        schedule = from_plain(ReportSchedule, to_plain(from_plain(_Written, written)))
    except ValidationError as error:
        faults = [*faults_of(error), *faults]
    if faults:
        raise BadRequest.because(reason("of.schedule"), faults)
    return schedule


def readers_of(schedule: ReportSchedule, playbook: Playbook) -> ReportReaders:
    """Return the people whom the names of *schedule* mean in the *playbook* of today."""
    found: dict[str, Recipient] = {}
    unknown = []
    for name in schedule.to:
        meant = _recipients_named(name, playbook, schedule.language, schedule.time_zone)
        unknown += [] if meant else [name]
        for each in meant:
            found.setdefault(each.addresses[0], each)
    return ReportReaders(tuple(found.values()), tuple(unknown))


def _recipients_named(name: str, playbook: Playbook, language: str, time_zone: str) -> tuple[Recipient, ...]:
    if address := _as_address(name):
        target = address.partition(":")[2]
        return (
            Recipient(id=address, name=target, addresses=(address,), language=language, time_zone=time_zone),
        )
    ids = (id_ for id_ in playbook.ids_of((name,)) if id_ not in playbook.rotas)
    people = (contact_of(playbook, id_).recipient for id_ in ids)
    return tuple(person for person in people if person.addresses)


def _as_address(name: str) -> str | None:
    try:
        return _ADDRESS.validate_python(f"email:{name}" if "@" in name and ":" not in name else name)
    except ValidationError:
        return None


def _unknown_fault(name: str, playbook: Playbook) -> Fault:
    named = (*playbook.people, *playbook.teams, *playbook.roles)
    return Fault(
        where="to",
        given=quote_input(name),
        allowed=f"an address such as ana@example.com, or who has one of {list_names(named)}",
        suggestion=nearest(name, named, playbook.ids_by_name),
    )
