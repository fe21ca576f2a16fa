"""
Names of time zones: those that are accepted, and the zone that somebody probably meant.

A zone has the name of a place in it, as the tz database has it. An offset is none, because it says nothing of summer
time; and the zones that look like one have their signs the other way round: ``Etc/GMT+7`` is seven hours *behind* UTC.
So an offset is answered with a place whose clocks always have it, and an abbreviation with the place that most people
mean by it.
"""

import re
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from escalation.kernel.name_comparison import fold_name
from escalation.kernel.reasons import InvalidValue, reason
from escalation.kernel.refusals import BadRequest, Fault, quote_input

TIME_ZONE_FORM = reason("allowed.time_zone")

_ALIKE = 0.8
"""More than Mars is like Paris."""
_OFFSET = re.compile(
    r"(?P<etc>etc/)?(?:gmt|utc|uct|ut|z)? ?(?P<sign>[+\-\u2212]) ?(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?"
)
_NO_PLACE = re.compile(r"(?:Etc/)?GMT[+-]?\d+|(?!UTC)[A-Z0-9]{2,7}")
"""Names that look like an offset, and abbreviations."""
_OF_THE_MACHINE = ("localtime", "posixrules", "Factory")
"""Files beside the zones, which mean something else on each machine."""
_OF_OTHER_SECONDS = ("right/", "posix/")

_BY_OFFSET: dict[str, str] = dict(
    re.findall(
        r"(\S+) (\S+)",
        """
        -12:00 Etc/GMT+12  -11:00 Pacific/Pago_Pago  -10:00 Pacific/Honolulu  -9:30 Pacific/Marquesas
        -9:00 Pacific/Gambier  -8:00 Pacific/Pitcairn  -7:00 America/Phoenix  -6:00 America/Mexico_City
        -5:00 America/Bogota  -4:00 America/Puerto_Rico  -3:00 America/Sao_Paulo  -2:00 America/Noronha
        -1:00 Atlantic/Cape_Verde  +0:00 UTC  +1:00 Africa/Lagos  +2:00 Africa/Johannesburg  +3:00 Europe/Istanbul
        +3:30 Asia/Tehran  +4:00 Asia/Dubai  +4:30 Asia/Kabul  +5:00 Asia/Karachi  +5:30 Asia/Kolkata
        +5:45 Asia/Kathmandu  +6:00 Asia/Dhaka  +6:30 Asia/Yangon  +7:00 Asia/Jakarta  +8:00 Asia/Singapore
        +8:45 Australia/Eucla  +9:00 Asia/Tokyo  +9:30 Australia/Darwin  +10:00 Australia/Brisbane
        +11:00 Pacific/Guadalcanal  +12:00 Pacific/Tarawa  +13:00 Pacific/Tongatapu  +14:00 Pacific/Kiritimati
        """,
    )
)
"""Places whose clocks are never put forward or back."""
_BY_ABBREVIATION = {
    "America/New_York": "est edt et eastern",
    "America/Chicago": "cst cdt ct central",
    "America/Denver": "mst mdt mt mountain",
    "America/Los_Angeles": "pst pdt pt pacific",
    "America/Anchorage": "akst akdt",
    "America/Halifax": "ast adt atlantic",
    "America/St_Johns": "nst ndt",
    "America/Sao_Paulo": "brt",
    "America/Argentina/Buenos_Aires": "art",
    "Pacific/Honolulu": "hst hdt",
    "Europe/London": "bst",
    "Europe/Lisbon": "wet west",
    "Europe/Berlin": "cet cest mez mesz met",
    "Europe/Athens": "eet eest oez",
    "Europe/Istanbul": "trt",
    "Europe/Moscow": "msk",
    "Africa/Lagos": "wat",
    "Africa/Johannesburg": "sast cat",
    "Africa/Nairobi": "eat",
    "Asia/Dubai": "gst",
    "Asia/Karachi": "pkt",
    "Asia/Kolkata": "ist",
    "Asia/Kathmandu": "npt",
    "Asia/Bangkok": "ict",
    "Asia/Jakarta": "wib",
    "Asia/Makassar": "wita",
    "Asia/Jayapura": "wit",
    "Asia/Singapore": "sgt",
    "Asia/Kuala_Lumpur": "myt",
    "Asia/Hong_Kong": "hkt",
    "Asia/Manila": "pht",
    "Asia/Tokyo": "jst",
    "Asia/Seoul": "kst",
    "Australia/Perth": "awst",
    "Australia/Adelaide": "acst acdt",
    "Australia/Sydney": "aest aedt",
    "Pacific/Auckland": "nzst nzdt",
    "UTC": "z zulu ut",
}
_MEANT_BY = {short: place for place, shorts in _BY_ABBREVIATION.items() for short in shorts.split()}
_FIXED = {"EST": "America/New_York", "MST": "America/Denver", "HST": "Pacific/Honolulu"}
"""Names that are taken, and have no summer time."""


def time_zone_of(name: str) -> ZoneInfo:
    """
    Return the zone of that name.

    Raises:
        InvalidValue: If there is none, or none that is the same on each machine.
    """
    is_elsewhere = name in _OF_THE_MACHINE or name.startswith(_OF_OTHER_SECONDS)
    try:
        if not is_elsewhere:
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise InvalidValue(TIME_ZONE_FORM, suggest_time_zone(name))


def suggest_time_zone(given: str) -> str:
    """Return the zone that *given* probably means (``New York``, ``UTC+7``, ``WIB``); empty if none is close."""
    plain = fold_name(given)
    if offset := _OFFSET.fullmatch(plain):
        return _zone_at_offset(offset)
    return _MEANT_BY.get(plain) or _zone_of_windows(given) or _find_nearest(plain)


def describe_odd_zone(name: str) -> tuple[str, str]:
    """Say why a valid zone is odd, and what would be better; empty if it is not odd."""
    if found := re.fullmatch(r"Etc/GMT([+-])(\d{1,2})", name):
        ahead = "behind" if found[1] == "+" else "ahead of"
        hours = f"{found[2]} hour{'s' if int(found[2]) != 1 else ''}"
        better = _BY_OFFSET.get(f"{'-' if found[1] == '+' else '+'}{int(found[2])}:00", "")
        return f"{name}, which is {hours} {ahead} UTC, all year", f"the name of a place, such as {better}"
    if name in _FIXED:
        return f"{name}, which has no summer time", f"the name of a place, such as {_FIXED[name]}"
    return "", ""


def _zone_at_offset(found: re.Match[str]) -> str:
    if found["etc"]:
        return ""  # nobody can say which of the two signs is meant
    hours, minutes = int(found["hours"]), int(found["minutes"] or 0)
    sign = "-" if found["sign"] != "+" and (hours or minutes) else "+"
    return _BY_OFFSET.get(f"{sign}{hours}:{minutes:02}", "")


def _zone_of_windows(given: str) -> str:
    """Return the zone of a name that Outlook uses: ``W. Europe Standard Time``."""
    if not fold_name(given).endswith(" time"):
        return ""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415 - dear to import

    by_name = {fold_name(name): zone for name, zone in WINDOWS_TO_OLSON.items()}
    return by_name.get(fold_name(given), "")


def _find_nearest(plain: str) -> str:
    """Return the nearest name, but none that only looks like an offset: its sign would be taken for the other one."""
    every = available_timezones() - {*_OF_THE_MACHINE}
    zones = sorted(zone for zone in every if not _NO_PLACE.fullmatch(zone))
    by_name = {_normalize(zone.rpartition("/")[2]): zone for zone in zones if "/" in zone}
    by_name |= {_normalize(zone): zone for zone in zones}
    close = get_close_matches(_normalize(plain), by_name, n=1, cutoff=_ALIKE)
    return by_name[close[0]] if close else ""


def _normalize(name: str) -> str:
    return name.lower().replace(" ", "").replace("_", "").replace("-", "")


def require_time_zone(name: str, subject: str) -> ZoneInfo:
    """
    Return the zone called *name*.

    Raises:
        BadRequest: If there is none; *subject* is what is refused then.
    """
    try:
        return time_zone_of(name)
    except InvalidValue as slip:
        fault = Fault(
            where="time_zone", given=quote_input(name), allowed=slip.allowed, suggestion=slip.suggestion
        )
        raise BadRequest.because(subject, (fault,)) from None
