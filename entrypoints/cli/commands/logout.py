"""`escalate logout`: sign out of the web service."""

import asyncio


def logout() -> None:
    """Forget who signed in at the web service of ESCALATION_URL, here and at the identity provider."""
    from entrypoints.cli.service_access import service_url, sign_out
    from entrypoints.terminal import out
    from runtime.settings import Settings

    settings = Settings.load()
    was_signed_in = asyncio.run(sign_out(settings))
    out.print(f"{'signed out of' if was_signed_in else 'nobody was signed in at'} {service_url(settings)}")
