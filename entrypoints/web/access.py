"""
Access to the service, as the settings have it: who finds out who asks, and where people sign in.

Owns the wiring of `identity`. It must not know what is asked.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from starlette.routing import Route

from entrypoints.web.page_texts import Languages
from entrypoints.web.sign_in import SignIn
from identity.api_keys import ApiKeys
from identity.audit_trail import AuditTrail
from identity.caller import CallerSource, OpenCallers
from identity.open_id import OpenId, Provider
from identity.session import Sessions
from identity.sign_outs import SignOuts
from identity.signed_in import People, SignedInCallers, TrustedProxy
from planning.playbook.playbook_file import PlaybookFile
from runtime.settings import Settings
from runtime.signed_links import link_keys
from workers.record_setup import record_store_of


@dataclass(frozen=True)
class SignInParts:
    """The parts of the service that know people."""

    callers: CallerSource
    routes: Sequence[Route] = ()


def audit_of(settings: Settings) -> AuditTrail:
    """
    Return the way into the audit log.

    Raises:
        WrongUrl: If the settings name no database that can be used.
    """
    return AuditTrail(record_store_of(settings))


@asynccontextmanager
async def open_audit(settings: Settings) -> AsyncIterator[AuditTrail]:
    """The way into the audit log; at its end, all that was noted is written."""
    audit = audit_of(settings)
    try:
        yield audit
    finally:
        await asyncio.to_thread(audit.close)


def access_of(settings: Settings, languages: Languages, audit: AuditTrail) -> SignInParts:
    """
    Raises:
        RuntimeFault: If the keys for sessions cannot be had.
        BadRequest: If the playbook has faults, where people sign in.
    """
    if not settings.is_signed_in:
        return SignInParts(OpenCallers())
    people = People(PlaybookFile(settings.playbook).current)
    store = record_store_of(settings)
    keys = ApiKeys(store)
    sessions = Sessions(link_keys(settings), timedelta(hours=settings.session_hours), SignOuts(store))
    open_id = OpenId(provider) if (provider := _provider(settings)) else None
    proxy = TrustedProxy(settings.proxy_header, settings.proxy_networks) if settings.proxy_header else None
    callers = SignedInCallers(people, keys, sessions, open_id, proxy, audit=audit)
    if open_id is None:
        return SignInParts(callers)
    sign_in = SignIn(open_id, sessions, people, settings.gateway_url or "", languages, audit)
    return SignInParts(callers, sign_in.routes)


def _provider(settings: Settings) -> Provider | None:
    if not (settings.oidc_issuer and settings.oidc_client_id):
        return None
    secret = settings.oidc_client_secret
    return Provider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret else "",
        verified_claim=settings.oidc_verified_claim,
        audiences=(*settings.oidc_audiences, *filter(None, [settings.oidc_command_line_id])),
    )


def access_line(settings: Settings) -> str:
    """Say at the start who is believed, and warn where people are to sign in and no way leads in."""
    if settings.is_signed_in and not (settings.proxy_header or _provider(settings)):
        return (
            "Access     Warning: nobody can sign in, and API keys alone are taken. For people, set "
            "ESCALATION_OIDC_ISSUER and ESCALATION_OIDC_CLIENT_ID, or ESCALATION_PROXY_HEADER and "
            "ESCALATION_PROXY_NETWORKS"
        )
    if settings.is_signed_in:
        return "Access     people sign in, machines have keys; each move is proven"
    return (
        "Access     open: whoever reaches it is believed (ESCALATION_ACCESS=signed_in asks people to sign in)"
    )
