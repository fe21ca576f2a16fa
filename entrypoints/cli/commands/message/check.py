"""`escalate message check`: faults of templates and catalogues."""

import typer

from entrypoints.cli.options import Json, Templates

REFUSED = 1


def check(templates: Templates = None, in_json: Json = False) -> None:
    """
    Render every message in every language, read the words of messages and pages, and list what is missing or broken;
    exit status 1 if there are faults.
    """
    from entrypoints.cli.message_preview import templates_in
    from entrypoints.cli.render.message import findings_as_data, print_findings
    from entrypoints.terminal import as_json
    from messages.template_check import check_templates

    findings = check_templates(templates_in(templates))
    as_json(findings_as_data(findings)) if in_json else print_findings(findings)
    if any(finding.is_fault for finding in findings):
        raise typer.Exit(REFUSED)
