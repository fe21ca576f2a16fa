"""`escalate docs`: what is written from the code. Not listed, because only who changes the code needs it."""


def docs() -> None:
    """Write docs/reference, and what else is made from the code, again."""
    from entrypoints.reference_docs.reference import write

    write()
