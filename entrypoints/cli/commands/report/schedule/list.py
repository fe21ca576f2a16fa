"""`escalate report schedule list`: which reports are mailed by themselves."""

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Json


def list_(in_json: Json = False) -> None:
    """List what is scheduled, and when it is mailed next."""
    from entrypoints.cli.schedule_options import print_schedules

    print_schedules(call_client(lambda client: client.scheduled_reports()), in_json)
