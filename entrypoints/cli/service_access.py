"""
Access to the service at ESCALATION_URL: by a machine's key, or by the token of whoever signed in.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from client import CallerView, ServiceClient
from entrypoints.cli.sign_in_file import SignIn, SignInFile
from identity.caller import NotIdentified
from identity.device_flow import DeviceCode, DeviceFlow, SignInEnded, seconds_left
from identity.open_id import OpenId, Provider
from runtime.errors import AccessRefused, SettingsFault
from runtime.settings import Settings

_RENEWED_BEFORE = 60.0
"""Seconds before its end in which a token is renewed: a command must not outlive it."""


def has_shown_who() -> bool:
    """Return whether there is a key or a token by which the service can know who asks."""
    settings = Settings.load()
    return settings.api_key is not None or SignInFile().find(service_url(settings)) is not None


def who_asks() -> CallerView:
    """Ask the service who asks."""
    return asyncio.run(_who_asks(Settings.load()))


async def _who_asks(settings: Settings) -> CallerView:
    async with ServiceClient.at(service_url(settings), await bearer_of(settings)) as client:
        return await client.caller()


def service_url(settings: Settings) -> str:
    """
    Raises:
        SettingsFault: If there is no service.
    """
    if settings.url is None:
        raise SettingsFault(
            "ESCALATION_URL is not set; allowed: the address of the web service to sign in at"
        )
    return settings.url


async def bearer_of(settings: Settings) -> str:
    """
    Return the key or the token with which the service is asked; empty, if there is none. A token that ends soon is
    renewed before.

    Raises:
        AccessRefused: If the sign-in has ended.
    """
    if settings.api_key:
        return settings.api_key.get_secret_value()
    url, file = service_url(settings), SignInFile()
    kept = file.find(url)
    if kept is None or seconds_left(kept.tokens) > _RENEWED_BEFORE:
        return kept.tokens.id_token if kept else ""
    with file.locked():
        kept = file.find(url) or kept  # another command may have renewed it meanwhile
        if seconds_left(kept.tokens) > _RENEWED_BEFORE:
            return kept.tokens.id_token
        return await _renewed(file, url, kept)


async def _renewed(file: SignInFile, url: str, kept: SignIn) -> str:
    try:
        tokens = await _flow(kept).renew(kept.tokens)
    except NotIdentified as refused:
        if seconds_left(kept.tokens) > 0:  # good for a moment yet, whatever the provider says
            return kept.tokens.id_token
        if isinstance(refused, SignInEnded):
            file.forget(url)
        raise AccessRefused(str(refused)) from None
    file.keep(url, replace(kept, tokens=tokens))
    return tokens.id_token


async def sign_in(settings: Settings, show: Callable[[DeviceCode], None]) -> CallerView:
    """
    Sign in at the provider of the service, and return as whom; *show* says where to agree.

    Raises:
        AccessRefused: If nobody agreed, the provider is away, or the service takes nobody like that.
    """
    url = service_url(settings)
    async with ServiceClient.at(url) as client:
        place = await client.sign_in_place()
    if not (place.issuer and place.client_id):
        raise AccessRefused(
            f"nobody signs in at {url} by the command line; `--as` or ESCALATION_API_KEY says who you are"
        )
    at = SignIn(issuer=place.issuer, client_id=place.client_id, verified_claim=place.verified_claim)
    flow = _flow(at)
    try:
        code = await flow.begin()
        show(code)
        tokens = await flow.wait(code)
    except NotIdentified as refused:
        raise AccessRefused(str(refused)) from None
    async with ServiceClient.at(url, tokens.id_token) as client:
        caller = await client.caller()
    with (file := SignInFile()).locked():
        file.keep(url, replace(at, tokens=tokens))
    return caller


async def sign_out(settings: Settings) -> bool:
    """Forget the sign-in at the service, and have the provider forget it; return whether there was one."""
    url, file = service_url(settings), SignInFile()
    with file.locked():
        if (kept := file.find(url)) is None:
            return False
        file.forget(url)
    with suppress(NotIdentified):  # the provider is away: here it is forgotten, and there it ends by itself
        await _flow(kept).revoke(kept.tokens)
    return True


def _flow(at: SignIn) -> DeviceFlow:
    return DeviceFlow(OpenId(Provider(at.issuer, at.client_id, verified_claim=at.verified_claim)))
