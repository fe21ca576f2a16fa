"""`escalate records verify`: whether the record is as it was written."""

from pathlib import Path
from typing import Annotated

import typer

from entrypoints.cli.options import Json, argument, option


def verify(
    key: Annotated[
        str | None,
        argument("[KEY]", "The escalation's key, such as ACME/4711. If omitted, all of the record."),
    ] = None,
    against: Annotated[
        str | None,
        option(
            "--against", "Verify that the record goes on from this seal, too.", "SEAL", show_default=False
        ),
    ] = None,
    seal: Annotated[
        Path | None,
        option(
            "--seal",
            "Write a seal of the record to this file, if nothing is wrong. Keep it where nobody can change it who can "
            "change the record.",
            "SEAL",
            show_default=False,
        ),
    ] = None,
    in_json: Json = False,
) -> None:
    """Verify that nothing on record was changed, removed or added since it was written."""
    from entrypoints.cli.option_values import bad_option, write_file
    from entrypoints.cli.record_store import open_store, read_seal_file
    from entrypoints.cli.render.verification import print_verification, verification_as_data
    from entrypoints.terminal import as_json
    from escalation.kernel.refusals import UnknownEscalation, quote_input
    from records.verification import verify_record, write_seal

    if key and seal:
        raise bad_option(
            "--seal", quote_input(str(seal)), "to leave out KEY, as a seal is of the whole record"
        )
    sealed = read_seal_file(against) if against else None
    with open_store() as store:
        found = verify_record(store, key, sealed)
        where = store.database.where
    if key and not (found.entries or found.faults):
        raise UnknownEscalation(f"nothing of {quote_input(key)} is on record in {where}")
    if seal and not found.faults:
        write_file(seal, write_seal(found.heads), "--seal")
    as_json(verification_as_data(found)) if in_json else print_verification(found)
    if found.faults:
        raise typer.Exit(1)
