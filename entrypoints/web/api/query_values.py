"""Values of queries that several operations take, and what is said of those that are none."""

from zoneinfo import ZoneInfo

from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault, quote_input


def read_zone(name: str) -> ZoneInfo:
    """
    Return the time zone of this *name*.

    Raises:
        BadRequest: If there is none.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        fault = Fault(where="time_zone", given=quote_input(name), allowed="a time zone, such as Asia/Jakarta")
        raise BadRequest.because(reason("of.request"), (fault,)) from None
