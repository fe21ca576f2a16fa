"""
`escalate start`: an escalation from a file, standard input, or options.

Every field of a request is an option, made from its declaration; what the values must be, the request and the playbook
say.
"""

from inspect import Parameter, Signature
from typing import Annotated, Any

import typer

from entrypoints.cli.client_call import call_client, print_move_result
from entrypoints.cli.move_declarations import fields_of_start, values_of
from entrypoints.cli.move_options import parameter_of
from entrypoints.cli.options import YOU_IN_ENVIRONMENT, Json, list_choices, option, person
from entrypoints.cli.playbook_names import complete_names

_OWN: dict[str, Any] = {
    "submitted_by": Annotated[
        str | None, person("--as", f"Who submits it. If omitted: as the file says, or {YOU_IN_ENVIRONMENT}.")
    ],
    "customers": Annotated[
        list[str] | None,
        option(
            "--customer",
            "An affected customer with a contact. Repeat for more.",
            "ACCOUNT:NAME:EMAIL[:LANGUAGE[:ZONE]]",
        ),
    ],
    "evidence": Annotated[
        list[str] | None,
        option(
            "--evidence",
            f"{list_choices('What proves it, with the date. KIND is', values_of('evidence'))} An attempt ends with "
            f"{list_choices('its outcome, such as `; outcome failed`', values_of('outcome'))} Repeat for more.",
            "'KIND: WHAT; on DATE'",
        ),
    ],
}
"""Options of fields that are records, or have a default of their own here."""
_File = Annotated[
    str | None, typer.Argument(metavar="[FILE|-]", help="A request in YAML or JSON.", show_default=False)
]
_Tier = Annotated[
    list[str] | None,
    option(
        "--tier",
        "The tier of one account given by --customer, or of all of them. Repeat for more.",
        "[ACCOUNT=]ID",
        autocompletion=complete_names("tiers"),
    ),
]


def start(**typed: Any) -> None:
    """Start an escalation, from a file, standard input, or options; options go before what the file says."""
    from entrypoints.cli.command_names import name_options
    from entrypoints.cli.start_options import read_request, request_fields

    in_json, file = typed.pop("in_json"), typed.pop("file")
    options = request_fields(typed)
    request = read_request(file, options)
    with name_options(options):
        answer = call_client(lambda client: client.start(request))
    print_move_result(answer, in_json)


def _signature() -> Signature:
    def optional(name: str, annotation: Any, default: Any = None) -> Parameter:
        return Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation, default=default)

    fields = [
        optional(field.name, _OWN[field.name])
        if field.name in _OWN
        else parameter_of(field, "start", optional=True)
        for field in fields_of_start()
    ]
    return Signature(
        [optional("file", _File), *fields, optional("tier", _Tier), optional("in_json", Json, False)]
    )


start.__signature__ = _signature()  # type: ignore[attr-defined]
