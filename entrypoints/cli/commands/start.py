"""
``escalate start``: an escalation from a file, standard input, or options.

Every field of a request can be an option; what the values must be, the request and the playbook say.
"""

import os
import re
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from entrypoints.cli import choices
from entrypoints.cli.client_call import (
    YOU_IN_ENVIRONMENT,
    Category,
    IssueType,
    Json,
    call_client,
    print_move_result,
)
from entrypoints.cli.command_names import name_options, read_options
from entrypoints.cli.option_values import bad_option
from entrypoints.files import read_model
from entrypoints.playbook_faults import find_playbook_faults
from escalation.case.request import Channel, Criterion, EvidenceKind, Source, StartRequest
from escalation.kernel.refusals import quote_input
from escalation.policy.classification import Degree, EscalationReason, Priority

app = typer.Typer()

_PEOPLE = choices.complete_from(choices.people)
_PRIORITY = (
    f"{choices.list_choices('How bad it is for customers', Priority)} If omitted: from impact and urgency."
)


@app.command()
def start(
    file: Annotated[str | None, typer.Argument(metavar="[FILE|-]", help="A request in YAML or JSON.")] = None,
    key: Annotated[
        str | None, typer.Option("--key", metavar="TENANT/TICKET", help="Which subject it is about.")
    ] = None,
    subject: Annotated[str | None, typer.Option("--subject", help="What it is about, in a line.")] = None,
    description: Annotated[str | None, typer.Option("--description", help="More about it.")] = None,
    issue_type: IssueType = None,
    category: Category = None,
    priority: Annotated[
        str | None,
        typer.Option(
            "--priority", metavar="P1..P4", help=_PRIORITY, autocompletion=choices.complete_enum(Priority)
        ),
    ] = None,
    impact: Annotated[
        str | None,
        typer.Option(
            "--impact",
            help=choices.list_choices("How bad it is", Degree),
            autocompletion=choices.complete_enum(Degree),
        ),
    ] = None,
    urgency: Annotated[
        str | None,
        typer.Option(
            "--urgency",
            help=choices.list_choices("How urgent it is", Degree),
            autocompletion=choices.complete_enum(Degree),
        ),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option(
            "--reason",
            metavar="CODE",
            help=choices.list_choices("Why it starts", EscalationReason),
            autocompletion=choices.complete_enum(EscalationReason),
        ),
    ] = None,
    channel: Annotated[
        str | None,
        typer.Option(
            "--channel",
            help=choices.list_choices("How it came in", Channel),
            autocompletion=choices.complete_enum(Channel),
        ),
    ] = None,
    customer: Annotated[
        list[str] | None,
        typer.Option("--customer", metavar="ACCOUNT:NAME:EMAIL[:LANGUAGE[:ZONE]]", help="Repeat for more."),
    ] = None,
    service: Annotated[
        list[str] | None, typer.Option("--service", help="Affected service; repeat for more.")
    ] = None,
    record: Annotated[list[str] | None, typer.Option("--record", help="Linked incident or problem.")] = None,
    outage: Annotated[
        str | None,
        typer.Option("--outage", metavar="KEY", help="What it is a part of: joins it, or opens it."),
    ] = None,
    our_fault: Annotated[
        bool | None, typer.Option("--our-fault", help="Customers get an apology.", show_default=False)
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="PERSON",
            help=f"Who submits it; else as the file says, else {YOU_IN_ENVIRONMENT}.",
            autocompletion=_PEOPLE,
        ),
    ] = None,
    tier: Annotated[
        list[str] | None,
        typer.Option(
            "--tier",
            metavar="[ACCOUNT=]ID",
            help="The tier of one account given by --customer, or of all of them; repeat for more.",
            autocompletion=choices.complete_from(choices.tiers),
        ),
    ] = None,
    evidence: Annotated[
        list[str] | None,
        typer.Option(
            "--evidence",
            metavar="'KIND: WHAT; on DATE'",
            help=f"{choices.list_choices('What proves it, with the date. KIND is', EvidenceKind)} Repeat for more.",
        ),
    ] = None,
    criterion: Annotated[
        list[str] | None,
        typer.Option(
            "--criterion",
            metavar="ID",
            help=f"{choices.list_choices('What it takes', Criterion)} Repeat for more.",
            autocompletion=choices.complete_enum(Criterion),
        ),
    ] = None,
    problem: Annotated[
        list[str] | None, typer.Option("--problem", metavar="RECORD", help="Problem record; repeat for more.")
    ] = None,
    reason_note: Annotated[
        str | None, typer.Option("--reason-note", help="The reason in your own words.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            help=choices.list_choices("Who raised it", Source),
            autocompletion=choices.complete_enum(Source),
        ),
    ] = None,
    predecessor: Annotated[
        str | None,
        typer.Option(
            "--predecessor",
            metavar="KEY@ID",
            help="The closed escalation that it follows.",
        ),
    ] = None,
    level: Annotated[int | None, typer.Option("--level", help="Start at this level or higher.")] = None,
    in_json: Json = False,
) -> None:
    """Start an escalation, from a file, standard input, or options; options go before what the file says."""
    given: dict[str, Any] = {
        "key": key,
        "subject": subject,
        "description": description,
        "issue_type": issue_type,
        "category": category,
        "priority": priority,
        "impact": impact,
        "urgency": urgency,
        "reason": reason,
        "channel": channel,
        "customers": _customers(customer or [], _tiers(tier or [], bool(customer))) or None,
        "services": service or None,
        "linked_records": record or None,
        "outage": outage,
        "our_fault": our_fault,
        "evidence": [_evidence(each) for each in evidence or ()] or None,
        "criteria": criterion or None,
        "problem_records": problem or None,
        "reason_note": reason_note,
        "source": source,
        "predecessor": predecessor,
        "entry_level": level,
        "submitted_by": by,
    }
    options = {name: value for name, value in given.items() if value is not None}
    request = _request(file, options)
    with name_options(options):
        answer = call_client(lambda client: client.start(request))
    print_move_result(answer, in_json)


def _request(file: str | None, options: dict[str, Any]) -> StartRequest:
    you = os.environ.get(YOU_IN_ENVIRONMENT)
    otherwise = {"submitted_by": you} if you else {}
    if file:
        return read_model(
            file, StartRequest, "the start", options=options, otherwise=otherwise, more=find_playbook_faults
        )
    return read_options(StartRequest, "the start", {**otherwise, **options}, more=find_playbook_faults)


_CONTACT = ("name", "email", "language", "time_zone")


def _customers(options: list[str], tiers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Accounts with their contacts: of ``ACME:Jo Buyer:jo@acme.example:tr:Europe/Istanbul``."""
    accounts: dict[str, list[dict[str, str]]] = {}
    for option in options:
        account, *parts = option.split(":", len(_CONTACT))
        said = dict(zip(_CONTACT, parts, strict=False))
        contact = {"name": "", "email": "", **{name: text for name, text in said.items() if text}}
        accounts.setdefault(account, []).append(contact)
    return [
        {"account": account, "contacts": contacts, **_tier_of(account, tiers)}
        for account, contacts in accounts.items()
    ]


def _tier_of(account: str, tiers: Mapping[str, str]) -> dict[str, str]:
    tier = tiers.get(account, tiers.get(""))
    return {} if tier is None else {"tier": tier}


def _tiers(options: list[str], has_customers: bool) -> dict[str, str]:
    """
    Tiers by account; that of all under no name.

    Raises:
        BadRequest: If nobody is there to have one: customers of a file have theirs there.
    """
    if options and not has_customers:
        raise bad_option("--tier", quote_input(options[0]), "a tier of accounts given by --customer")
    parted = (option.rpartition("=") for option in options)
    return {account: tier for account, _, tier in parted}


_ON = re.compile(r";\s*on\s+(?P<day>[^;]+)$", re.IGNORECASE)


def _evidence(text: str) -> dict[str, str]:
    """``call: Promised a call back; on 2026-11-16``"""
    said = _ON.search(text)
    kind, _, what = (part.strip() for part in text[: said.start() if said else None].partition(":"))
    return {"kind": kind, "what": what, **({"on": said["day"].strip()} if said else {})}
