"""
`escalate playbook new`: a first playbook, made of answers to a few questions.

On a terminal it asks what no option says; otherwise every answer has its option. Nothing is ever overwritten.
"""

from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any

from entrypoints.cli.options import Json, argument, option

_ONCE = {
    "--name": ("NAME", "What your organisation or desk is called."),
    "--time-zone": ("ZONE", "Where you work, such as Europe/London."),
}
_SEVERAL = {
    "--hours": ("'DAYS HOURS'", "When you are open; can be repeated. If omitted: mon-fri 09:00-17:00."),
    "--holidays": ("COUNTRY", "Whose public holidays you keep: GB, GB-ENG. If omitted: none."),
    "--language": ("TAG", "A language you write in, your own first. If omitted: en."),
    "--person": ("'ID, NAME, E-MAIL'", "Somebody who works with you; can be repeated."),
    "--level": ("'NAME: ID, ID'", "A level and who is asked there, the first level first; can be repeated."),
    "--manager": ("ID", "Who looks after escalations. If omitted: somebody who is at no level."),
    "--category": ("'ID: NAME'", "What customers come with; can be repeated. If omitted: Complaint."),
}
_File = Annotated[
    Path, argument("[FILE]", "The file to write; it must not exist. If omitted: playbook.yaml.")
]


def new(file: Path, in_json: bool, **typed: str | list[str] | None) -> None:
    """Write a first playbook, with comments, from a few answers: by options, or asked on a terminal."""
    from entrypoints.cli.new_playbook.interview import make_playbook

    given = {
        f"--{name.replace('_', '-')}": answer
        if isinstance(answer, list)
        else []
        if answer is None
        else [answer]
        for name, answer in typed.items()
    }
    make_playbook(file, given, in_json=in_json)


def _signature() -> Signature:
    def keyword(name: str, annotation: Any, default: Any = None) -> Parameter:
        return Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation, default=default)

    kinds = ((_ONCE, str | None), (_SEVERAL, list[str] | None))
    answers = [
        keyword(
            name.strip("-").replace("-", "_"),
            Annotated[kind, option(name, help_, metavar, show_default=False)],
        )
        for texts, kind in kinds
        for name, (metavar, help_) in texts.items()
    ]
    return Signature(
        [keyword("file", _File, Path("playbook.yaml")), *answers, keyword("in_json", Json, False)]
    )


new.__signature__ = _signature()  # type: ignore[attr-defined]
