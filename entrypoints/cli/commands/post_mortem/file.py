"""`escalate post-mortem file`: the post-mortem, or a new version of it."""

from typing import Annotated

from entrypoints.cli.client_call import make_move
from entrypoints.cli.options import By, DryRun, Json, Key, argument


def file(
    key: Key,
    path: Annotated[str, argument("FILE|-", "In YAML or JSON, or Markdown with a YAML head.")],
    by: By,
    dry_run: DryRun = False,
    in_json: Json = False,
) -> None:
    """File it, or a new version; its actions are tracked until they are done."""
    from entrypoints.files import read_model
    from escalation.case.moves.file_post_mortem import FilePostMortem
    from escalation.case.post_mortem import PostMortem

    written = read_model(path, PostMortem, "the post-mortem", below_head="notes")
    make_move(key, FilePostMortem, in_json, dry_run, by=by, post_mortem=written)
