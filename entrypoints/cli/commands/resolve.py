"""`escalate resolve`: a fix or a workaround is declared."""

from typing import Annotated

from entrypoints.cli.client_call import make_move
from entrypoints.cli.options import By, DryRun, Json, Key, option


def resolve(
    key: Key,
    by: By,
    done: Annotated[str, option("--done", "What was done, for our own people.")],
    workaround: Annotated[
        bool, option("--workaround", "It is a workaround, which helps until the cause is removed: not a fix.")
    ] = False,
    customer: Annotated[
        str | None, option("--customer", "A text for customers, sent once it is verified.")
    ] = None,
    dry_run: DryRun = False,
    in_json: Json = False,
) -> None:
    """Declare it resolved; it is verified next."""
    from escalation.case.moves.declare_resolved import DeclareResolved

    kind = "workaround" if workaround else "fix"
    make_move(
        key, DeclareResolved, in_json, dry_run, by=by, resolution=kind, done=done, customer_text=customer
    )
