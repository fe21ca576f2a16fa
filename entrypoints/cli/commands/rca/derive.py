"""`escalate rca derive`: the customer RCA."""

from typing import Annotated

from entrypoints.cli.client_call import make_move
from entrypoints.cli.options import By, DryRun, Json, Key, option


def derive(
    key: Key,
    by: By,
    file: Annotated[
        str | None,
        option("--file", "Other words for customers. If omitted: those of the internal RCA.", "FILE|-"),
    ] = None,
    dry_run: DryRun = False,
    in_json: Json = False,
) -> None:
    """Derive the customer RCA from the internal one."""
    from entrypoints.cli.rca_papers import warn_of_boxes
    from entrypoints.files import read_model
    from escalation.case.moves.derive_rca import DeriveRca
    from escalation.case.rca_content import CustomerRca

    written = read_model(file, CustomerRca, "the customer RCA") if file else None
    make_move(key, DeriveRca, in_json, dry_run, by=by, rca=written)
    if written:
        warn_of_boxes(written)
