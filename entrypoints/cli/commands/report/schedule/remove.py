"""`escalate report schedule remove`: a report that is not mailed any more."""

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Rhythm


def remove(rhythm: Rhythm) -> None:
    """Mail no more of these; one that is under way still arrives."""
    from entrypoints.cli.option_values import parse_choice
    from entrypoints.terminal import out
    from escalation.measures import report_schedule

    which = parse_choice(report_schedule.Rhythm, rhythm, "RHYTHM")
    call_client(lambda client: client.unschedule_report(which))
    out.print(f"the {which} report is not scheduled any more")
