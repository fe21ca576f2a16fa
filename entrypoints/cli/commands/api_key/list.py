"""`escalate api-key list`: the keys that there are."""

from entrypoints.cli.options import Json


def list_(in_json: Json = False) -> None:
    """List the keys, the newest first, with what each is for; no key itself."""
    from entrypoints.cli.api_key_options import open_keys
    from entrypoints.cli.render.key_table import show_keys

    with open_keys() as keys:
        show_keys(keys.list(), in_json=in_json)
