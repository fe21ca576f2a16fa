"""
Targets of channels, read from the environment: what `slack:support` in a playbook leads to.

Owns the names of the variables and the form of what they hold. Must not know how anything is sent there.

    slack:NAME     ESCALATION_SLACK_NAME          a web address, itself the secret
    teams:NAME     ESCALATION_TEAMS_NAME          the same
    apprise:NAME   ESCALATION_APPRISE_NAME        an Apprise URL
    webhook:NAME   ESCALATION_WEBHOOK_NAME_URL    a web address
                   ESCALATION_WEBHOOK_NAME_SECRET what letters are signed with; while it is changed, the new and the old

All of it is secret: what was given is in no fault, and no repr.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretBytes, SecretStr

PREFIX = "ESCALATION_"
SINGLE = ("slack", "teams", "apprise")
"""Channels whose targets are one variable each."""
WEBHOOK = "webhook"
CHANNELS = (*SINGLE, WEBHOOK)

WEB_ADDRESS = (
    "a web address, https://host/…, without user, password and fragment; http:// only to this machine"
)
APPRISE_ADDRESS = "an Apprise URL, service://…"
SIGNED_WITH = "whsec_ and 24 to 64 bytes in base64; two while one replaces the other, parted by a space"

_NAME = "(?P<name>[A-Z][A-Z0-9_]*?)"
_SINGLE_VARIABLE = re.compile(f"{PREFIX}(?P<channel>{'|'.join(SINGLE).upper()})_{_NAME}")
_WEBHOOK_VARIABLE = re.compile(f"{PREFIX}WEBHOOK_{_NAME}_(?P<part>URL|SECRET)")
# Kubernetes sets ESCALATION_SLACK_SERVICE_HOST, ESCALATION_SLACK_PORT_80_TCP and more in every container beside a
# service that is called `escalation-slack`.
KUBERNETES = re.compile(r"SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_\d+_(TCP|UDP|SCTP)(_.*)?)?")
_KEY_BYTES = frozenset(range(24, 65))


class WebhookEndpointSettings(BaseModel):
    """One receiver of signed webhooks."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: SecretStr
    keys: tuple[SecretBytes, ...]


class Endpoints(BaseModel):
    """Everything that is set up, by name in small letters."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    slack: Mapping[str, SecretStr] = {}
    teams: Mapping[str, SecretStr] = {}
    apprise: Mapping[str, SecretStr] = {}
    webhook: Mapping[str, WebhookEndpointSettings] = {}

    def names(self, channel: str) -> tuple[str, ...]:
        """What is set up for *channel*, in order of the alphabet; nothing, if it has no targets by name."""
        return tuple(sorted(getattr(self, channel))) if channel in CHANNELS else ()


def variables(channel: str, name: str) -> str:
    """Which variables set up *name* on *channel*, in words."""
    stem = f"{PREFIX}{channel}_{name}".upper()
    return f"{stem}_URL and {stem}_SECRET" if channel == WEBHOOK else stem


def read_endpoints(environ: Mapping[str, str]) -> tuple[Endpoints, tuple[str, ...]]:
    """All targets in *environ*, and what is wrong with them: a line for each fault, without what was given."""
    given = {name: value.strip() for name, value in environ.items() if value.strip()}
    single, single_faults = _single(given)
    webhooks, webhook_faults = _webhooks(given)
    return Endpoints(**single, webhook=webhooks), (*single_faults, *webhook_faults)


def _single(given: Mapping[str, str]) -> tuple[dict[str, dict[str, SecretStr]], list[str]]:
    targets: dict[str, dict[str, SecretStr]] = {channel: {} for channel in SINGLE}
    faults = []
    for variable, value in sorted(given.items()):
        found = _SINGLE_VARIABLE.fullmatch(variable)
        if not found or KUBERNETES.fullmatch(found["name"]):
            continue
        channel = found["channel"].lower()
        is_right, allowed = (
            (_is_apprise_address(value), APPRISE_ADDRESS)
            if channel == "apprise"
            else (_is_web_address(value), WEB_ADDRESS)
        )
        if is_right:
            targets[channel][found["name"].lower()] = SecretStr(value)
        else:
            faults.append(_fault(variable, allowed))
    return targets, faults


def _webhooks(given: Mapping[str, str]) -> tuple[dict[str, WebhookEndpointSettings], list[str]]:
    names = sorted({found["name"] for each in given if (found := _WEBHOOK_VARIABLE.fullmatch(each))})
    webhooks, faults = {}, []
    for name in names:
        url, secret = f"{PREFIX}WEBHOOK_{name}_URL", f"{PREFIX}WEBHOOK_{name}_SECRET"
        found_here = list(_webhook_faults(given, url, secret))
        if not found_here:
            keys = tuple(map(SecretBytes, _keys(given[secret])))
            webhooks[name.lower()] = WebhookEndpointSettings(url=SecretStr(given[url]), keys=keys)
        faults += found_here
    return webhooks, faults


def _webhook_faults(given: Mapping[str, str], url: str, secret: str) -> Iterator[str]:
    if url not in given:
        yield f"{url} is not set; allowed: {WEB_ADDRESS}, since {secret} is set"
    elif not _is_web_address(given[url]):
        yield _fault(url, WEB_ADDRESS)
    if secret not in given:
        yield f"{secret} is not set; allowed: {SIGNED_WITH}, since {url} is set"
    elif {len(key) for key in _keys(given[secret])} - _KEY_BYTES:
        yield _fault(secret, SIGNED_WITH)


def _fault(variable: str, allowed: str) -> str:
    return f"{variable} is ***; allowed: {allowed}"


def _is_web_address(text: str) -> bool:
    try:
        url = urlsplit(text)
        is_whole = bool(url.hostname) and url.port != 0 and not (url.username or url.password or url.fragment)
    except ValueError:
        return False
    if not is_whole or not text.isprintable() or " " in text:
        return False
    return url.scheme == "https" or (url.scheme == "http" and _is_this_machine(url.hostname or ""))


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_apprise_address(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*://\S+", text) is not None


def _keys(secrets: str) -> tuple[bytes, ...]:
    """The keys in *secrets*, which are not empty; an empty one for what is none."""
    return tuple(map(_key, secrets.split()))


def _key(secret: str) -> bytes:
    prefix, _, key = secret.partition("_")
    try:
        return base64.b64decode(key, validate=True) if prefix == "whsec" else b""
    except ValueError:
        return b""
