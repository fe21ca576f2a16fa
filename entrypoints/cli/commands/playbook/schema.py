"""`escalate playbook schema`: what editors check a playbook by."""


def schema() -> None:
    """Print the JSON Schema of a playbook file, for editors."""
    import json

    from entrypoints.terminal import write_json
    from planning.playbook.json_schema import make_json_schema

    write_json(json.dumps(make_json_schema(), ensure_ascii=False, indent=2))
