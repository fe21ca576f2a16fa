"""`escalate gateway`: the former name of `escalate web`."""


def gateway() -> None:
    """Run the web service alone until Ctrl-C, as `escalate web` does, by its former name."""
    from entrypoints.cli.commands.web import web

    web()
