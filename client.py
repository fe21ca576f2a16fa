"""
EscalationClient: the one typed way in, for scripts, the command line and the web service.

Every method is one round trip and either returns or raises an error of ``escalation.kernel.refusals``, with nothing
half done. It sends what people ask and shows what the engine answers; it holds no rule. Its parts are in ``clients/``.
``python client.py`` is the command line.
"""

from clients.conversations import Conversations
from clients.http_moves import HttpMoves
from clients.http_queries import (
    ActionsToDo,
    ActionToDo,
    CallerView,
    Diagram,
    KnownNames,
    SignInPlace,
    StalledRun,
)
from clients.inboxes import Inboxes
from clients.intakes import Intakes
from clients.key_uses import KeyUse, KeyUses
from clients.outage import Outage
from clients.parallel_queries import NotAllAnswered, Unanswered, ask_each
from clients.queries import ToDo
from clients.rebases import RebaseOutlook, Rebases
from clients.report_schedules import ReportSchedules
from clients.run_errors import RunStalled, ServerAway, Stalled, WorkersSilent, is_hidden
from clients.sent_messages import SentMessages
from clients.sponsorships import Sponsorships
from clients.stalled_runs import RunExamination
from clients.starts import request_of
from clients.task_forces import TaskForces
from clients.temporal_connection import PATIENCE
from clients.visibility import OURS, RECORDED, EscalationFilter, EscalationListing, FoundByWords

__all__ = [
    "OURS",
    "PATIENCE",
    "RECORDED",
    "ActionToDo",
    "ActionsToDo",
    "CallerView",
    "Diagram",
    "EscalationClient",
    "EscalationFilter",
    "EscalationListing",
    "FoundByWords",
    "KeyUse",
    "KnownNames",
    "NotAllAnswered",
    "Outage",
    "RebaseOutlook",
    "RunExamination",
    "RunStalled",
    "ServerAway",
    "ServiceClient",
    "SignInPlace",
    "Stalled",
    "StalledRun",
    "ToDo",
    "Unanswered",
    "WorkersSilent",
    "ask_each",
    "is_hidden",
    "request_of",
]


class EscalationClient(
    TaskForces,
    SentMessages,
    Conversations,
    Rebases,
    Sponsorships,
    ReportSchedules,
    Inboxes,
    Intakes,
    KeyUses,
):
    """
    Start escalations, make moves, look at them.

    A person's id goes into ``by``. Texts for customers and texts for us are different parameters, everywhere.
    """


class ServiceClient(HttpMoves, EscalationClient):
    """
    The same, asked of a service over its HTTP API: `async with ServiceClient.at("https://…") as client`.

    What has no operation there works only directly, and says so.
    """


if __name__ == "__main__":
    import runpy

    runpy.run_module("entrypoints.cli.program", run_name="__main__")
