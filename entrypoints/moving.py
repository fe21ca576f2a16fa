"""
A command for each move. What a move means, and who may make it, the engine says.
"""

from typing import Annotated

import typer

from entrypoints.cli import choices
from entrypoints.cli.client_call import By, Json, Key, Note, Why, call_client, make_move, print_move_result
from entrypoints.cli.option_values import bad_option, parse_choice, parse_zone
from escalation.case import commands as c
from escalation.case.events import AccessAnswer
from escalation.kernel.refusals import quote_input
from escalation.policy.classification import CancelCause, EscalationReason, Priority

app = typer.Typer()


@app.command()
def ack(key: Key, by: By, note: Note = "", in_json: Json = False) -> None:
    """Acknowledge: say that you have it."""
    make_move(key, c.Acknowledge, in_json, by=by, note=note)


@app.command("raise")
def raise_(
    key: Key,
    by: By,
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            metavar="CODE",
            help=choices.list_choices("Why it rises", EscalationReason),
            autocompletion=choices.complete_enum(EscalationReason),
        ),
    ],
    to: Annotated[int | None, typer.Option("--to", help="Level; else the next one.")] = None,
    note: Note = "",
    in_json: Json = False,
) -> None:
    """Raise to a higher level."""
    make_move(key, c.RaiseLevel, in_json, by=by, reason=reason, to_level=to, note=note)


@app.command()
def transfer(
    key: Key,
    by: By,
    to: Annotated[str | None, typer.Argument(metavar="[PERSON|TEAM]", show_default=False)] = None,
    skill: Annotated[
        str | None,
        typer.Option(
            "--skill",
            metavar="ID",
            help="Instead: whoever has this skill.",
            show_default=False,
            autocompletion=choices.complete_from(choices.skills),
        ),
    ] = None,
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            metavar="CODE",
            help=choices.list_choices("Why it changes hands", EscalationReason),
            autocompletion=choices.complete_enum(EscalationReason),
        ),
    ] = "lack_of_expertise",
    note: Note = "",
    in_json: Json = False,
) -> None:
    """Hand over to who has the skill; the level stays."""
    make_move(key, c.Transfer, in_json, by=by, to=to, skill=skill, reason=reason, note=note)


@app.command()
def trigger(
    key: Key,
    fact: Annotated[
        str,
        typer.Argument(
            metavar="TRIGGER",
            help="A trigger of the level.",
            show_default=False,
            autocompletion=choices.complete_from(choices.triggers),
        ),
    ],
    by: By,
    note: Note = "",
    in_json: Json = False,
) -> None:
    """Report a fact that sends it up at once."""
    make_move(key, c.ReportTrigger, in_json, by=by, trigger=fact, note=note)


@app.command()
def respond(
    key: Key,
    response: Annotated[
        str,
        typer.Argument(
            metavar="RESPONSE", help="Its words, or its number as `show` has it: 2.3.", show_default=False
        ),
    ],
    by: By,
    note: Note = "",
    in_json: Json = False,
) -> None:
    """Tick off a response of the level."""
    level, number = _numbered(response)
    make_move(key, c.TickResponse, in_json, by=by, response=number or response, level=level, note=note)


def _numbered(response: str) -> tuple[int | None, str]:
    """
    Level and number of ``2.3``; of words neither. A number alone may have meant another level, left meanwhile.
    """
    level, _, number = response.partition(".")
    if not (level + number).isdecimal():
        return None, ""
    if not number:
        allowed = f"its words, or level and number such as 1.{level}; see `escalate show`"
        raise bad_option("RESPONSE", quote_input(response), allowed)
    return int(level), number


@app.command()
def priority(
    key: Key,
    to: Annotated[
        str,
        typer.Argument(
            metavar="P1..P4",
            help=choices.list_choices("The new priority", Priority),
            show_default=False,
            autocompletion=choices.complete_enum(Priority),
        ),
    ],
    by: By,
    note: Note = "",
    in_json: Json = False,
) -> None:
    """Change the priority; due times follow from the original start."""
    make_move(key, c.ChangePriority, in_json, by=by, priority=parse_choice(Priority, to, "P1..P4"), note=note)


@app.command("correct-contact")
def correct_contact(
    key: Key,
    contact: Annotated[
        str,
        typer.Argument(
            metavar="EMAIL", help="The customer's contact, as it is known now.", show_default=False
        ),
    ],
    by: By,
    email: Annotated[
        str | None, typer.Option("--email", metavar="EMAIL", help="The right address.", show_default=False)
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="The right name.", show_default=False)] = None,
    lang: Annotated[
        str | None,
        typer.Option("--lang", metavar="TAG", help="The language of letters.", show_default=False),
    ] = None,
    tz: Annotated[
        str | None,
        typer.Option("--tz", metavar="ZONE", help="The time parse_zone of letters.", show_default=False),
    ] = None,
    note: Note = "",
    in_json: Json = False,
) -> None:
    """Correct a customer's contact; a new address is told how things stand."""
    if tz is not None:
        parse_zone(tz)
    make_move(
        key,
        c.CorrectContact,
        in_json,
        by=by,
        contact=contact,
        email=email,
        name=name,
        language=lang,
        time_zone=tz,
        note=note,
    )


@app.command()
def pause(
    key: Key,
    because: Annotated[
        str,
        typer.Argument(
            metavar="REASON",
            help="A reason of the playbook.",
            show_default=False,
            autocompletion=choices.complete_from(choices.pause_reasons),
        ),
    ],
    by: By,
    note: Note = "",
    in_json: Json = False,
) -> None:
    """Pause, for example while waiting for the customer."""
    make_move(key, c.PauseClocks, in_json, by=by, because=because, note=note)


@app.command()
def resume(key: Key, by: By, note: Note = "", in_json: Json = False) -> None:
    """End the pause."""
    make_move(key, c.ResumeClocks, in_json, by=by, note=note)


@app.command()
def begin(key: Key, by: By, note: Note = "", in_json: Json = False) -> None:
    """Work on the resolution has begun."""
    make_move(key, c.BeginResolution, in_json, by=by, note=note)


@app.command()
def update(
    key: Key,
    by: By,
    customer: Annotated[str | None, typer.Option("--customer", help="A text for customers.")] = None,
    internal: Annotated[str | None, typer.Option("--internal", help="A text for our own people.")] = None,
    apologise: Annotated[
        bool, typer.Option("--apologise", help="The letter to customers carries an apology.")
    ] = False,
    in_json: Json = False,
) -> None:
    """Tell the customers, our own people, or both; a text for customers may have to be approved first."""
    make_move(
        key, c.SendUpdate, in_json, by=by, customer_text=customer, internal_note=internal, apologise=apologise
    )


@app.command()
def resolve(
    key: Key,
    by: By,
    done: Annotated[str, typer.Option("--done", help="What was done, for our own people.")],
    workaround: Annotated[bool, typer.Option("--workaround", help="A workaround, not a fix.")] = False,
    customer: Annotated[
        str | None, typer.Option("--customer", help="What customers are told once it is verified.")
    ] = None,
    in_json: Json = False,
) -> None:
    """Declare it resolved; it is verified next."""
    kind = "workaround" if workaround else "fix"
    make_move(key, c.DeclareResolved, in_json, by=by, resolution=kind, done=done, customer_text=customer)


@app.command()
def verify(key: Key, by: By, note: Note = "", in_json: Json = False) -> None:
    """The resolution holds."""
    make_move(key, c.VerifyResolution, in_json, by=by, note=note)


@app.command()
def reject(key: Key, by: By, why: Why, in_json: Json = False) -> None:
    """The resolution does not hold: back to resolving."""
    make_move(key, c.RejectResolution, in_json, by=by, why=why)


@app.command("confirm-access")
def confirm_access(
    key: Key,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", show_default=False)],
    by: By,
    answer: Annotated[
        str,
        typer.Option(
            "--answer",
            metavar="yes|no|waived",
            help=choices.list_choices("What the customer says", AccessAnswer),
            autocompletion=choices.complete_enum(AccessAnswer),
        ),
    ] = "yes",
    note: Note = "",
    in_json: Json = False,
) -> None:
    """One customer can use the service again, cannot, or need not be asked."""
    make_move(key, c.ConfirmAccess, in_json, by=by, account=account, answer=answer, note=note)


@app.command()
def settle(
    key: Key,
    record: Annotated[str, typer.Argument(metavar="RECORD", show_default=False)],
    by: By,
    stays_open: Annotated[
        str | None, typer.Option("--stays-open", metavar="WHY", help="Else it was closed.")
    ] = None,
    in_json: Json = False,
) -> None:
    """A related incident or problem was closed, or stays open with a reason."""
    make_move(key, c.SettleTicket, in_json, by=by, record=record, stays_open_because=stays_open)


@app.command()
def close(key: Key, by: By, note: Note = "", in_json: Json = False) -> None:
    """Close; refused with the list of what is missing."""
    make_move(key, c.Close, in_json, by=by, note=note)


@app.command()
def reopen(key: Key, by: By, why: Why, in_json: Json = False) -> None:
    """Back to resolving; a closed one comes back as a new escalation, one level higher."""
    answer = call_client(lambda client: client.reopen(key, by=by, why=why))
    print_move_result(answer, in_json)


@app.command()
def cancel(
    key: Key,
    by: By,
    why: Why,
    cause: Annotated[
        str,
        typer.Option(
            "--cause",
            metavar="withdrawn|duplicate|merged",
            help=choices.list_choices("Why it ends", CancelCause),
            autocompletion=choices.complete_enum(CancelCause),
        ),
    ] = "withdrawn",
    into: Annotated[
        str | None,
        typer.Option(
            "--into",
            metavar="KEY",
            help="The open escalation that it goes on as, of a duplicate or a merge; customers go over to it.",
        ),
    ] = None,
    in_json: Json = False,
) -> None:
    """Withdrawn, a duplicate, or merged into another."""
    make_move(key, c.Cancel, in_json, by=by, cause=cause, into=into, why=why)
