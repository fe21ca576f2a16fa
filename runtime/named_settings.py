"""
Settings that people name: endpoints of channels (`slack:support`), and senders that start by webhook.

Owns what can be set of each. Variables of one name stand together: `ESCALATION_WEBHOOK_CRM_URL` and
`ESCALATION_WEBHOOK_CRM_SECRET` set up `webhook:crm`. It must not know how anything is sent there, nor how a start is
checked against its sender.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
)

from runtime.setting_types import is_this_machine
from runtime.signing_keys import WebhookKeys, parse_keys

PREFIX = "ESCALATION_"
WEBHOOK = "webhook"
WEB_ADDRESS = (
    "a web address, https://host/…, without user, password and fragment; http:// only to this machine"
)
APPRISE_ADDRESS = "an Apprise URL, service://…"
SIGNED_WITH = (
    "whsec_ and the base64 of 24 to 64 bytes, two while one replaces the other, with a space between"
)

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_KUBERNETES = re.compile(r"service_host|service_port(_.*)?|port(_\d+_(tcp|udp|sctp)(_.*)?)?")
"""Kubernetes sets ESCALATION_SLACK_SERVICE_HOST, ESCALATION_SLACK_PORT_80_TCP and more in every container beside a
service that is called `escalation-slack`."""


def _ours(given: Any) -> Any:
    """Leave out what is no name, and what Kubernetes sets."""
    if not isinstance(given, Mapping):
        return given
    return {k: v for k, v in given.items() if _NAME.fullmatch(k) and not _KUBERNETES.fullmatch(k)}


class _Parts:
    """Validator that makes {"crm": {"url": …, "secret": …}} of {"crm_url": …, "crm_secret": …}."""

    def __init__(self, *parts: str) -> None:
        self.parts = parts

    def __call__(self, given: Any) -> Any:
        return dict(self._groups(_ours(given))) if isinstance(given, Mapping) else given

    def _groups(self, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        groups: dict[str, dict[str, Any]] = {}
        for key, value in given.items():
            # From the end: a name may hold `_` too, as in MY_URL_URL, the URL of `my_url`.
            name, _, part = key.rpartition("_")
            if name and part in self.parts:
                groups.setdefault(name, {"name": name})[part] = value
            elif part not in self.parts:  # ESCALATION_INTAKE_SECRET is a setting of its own
                yield key, value  # which the model refuses: a part with a slip in its name would set nothing
        yield from groups.items()


def _web_address(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    url = urlsplit(text)
    is_whole = bool(url.hostname) and url.port != 0 and not (url.username or url.password or url.fragment)
    is_safe = url.scheme == "https" or (url.scheme == "http" and is_this_machine(url.hostname or ""))
    if not is_whole or not is_safe or not text.isprintable() or " " in text:
        raise ValueError(WEB_ADDRESS)
    return secret


def _apprise_address(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*://\S+", secret.get_secret_value()):
        raise ValueError(APPRISE_ADDRESS)
    return secret


def _split(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    return tuple(value for each in given.split(",") if (value := each.strip()))


class _Named(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field("", exclude=True)
    """In small letters."""
    secret: WebhookKeys = Field(description=SIGNED_WITH)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys, as Standard Webhooks writes them: the first signs, all are believed."""
        return parse_keys(self.secret)


WebAddress = Annotated[SecretStr, AfterValidator(_web_address)]
AppriseAddress = Annotated[SecretStr, AfterValidator(_apprise_address)]


class WebhookEndpointSettings(_Named):
    """One receiver of signed webhooks."""

    url: WebAddress = Field(description=WEB_ADDRESS)


_TENANTS = "tenants, with commas between, such as ACME,BOLT"
_Words = Annotated[tuple[str, ...], BeforeValidator(_split), Field(min_length=1)]
_Tenants = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][\w.-]*$")], ...],
    BeforeValidator(_split),
    Field(min_length=1),
]
_Priorities = Annotated[
    tuple[Annotated[str, StringConstraints(pattern="^P[1-4]$")], ...],
    BeforeValidator(_split),
    Field(min_length=1),
]


class Sender(_Named):
    """
    One system that starts escalations by webhook, and its bounds.

    A bound that is not set binds to nothing. Whoever signs with `ESCALATION_INTAKE_SECRET` has no name and no bounds.
    """

    tenants: _Tenants = Field((), description=_TENANTS)
    submitters: _Words = Field((), description="ids of people of the playbook, with commas between")
    priorities: _Priorities = Field((), description="some of P1, P2, P3, P4, with commas between")
    categories: _Words = Field((), description="categories of the playbook, with commas between")
    accounts: _Words = Field((), description="accounts, with commas between")


class BoundSender(Sender):
    """A sender with a name, which is bound to its tenants at least."""

    tenants: _Tenants = Field(description=_TENANTS)


SENDER_PARTS = tuple(field for field in Sender.model_fields if field != "name")
Addresses = Annotated[dict[str, WebAddress], BeforeValidator(_ours)]
AppriseAddresses = Annotated[dict[str, AppriseAddress], BeforeValidator(_ours)]
Webhooks = Annotated[dict[str, WebhookEndpointSettings], BeforeValidator(_Parts("url", "secret"))]
Senders = Annotated[dict[str, BoundSender], BeforeValidator(_Parts(*SENDER_PARTS))]


def variable(*path: str) -> str:
    """Name the variable that sets a field, or a part of one: ("webhook", "crm", "url")."""
    return PREFIX + "_".join(path).upper()


def endpoint_variables(channel: str, name: str) -> str:
    """Name the variables that set up *name* on *channel*."""
    parts = (("url",), ("secret",)) if channel == WEBHOOK else ((),)
    return " and ".join(variable(channel, name, *part) for part in parts)


SINGLE_ENDPOINTS = ("slack", "teams", "apprise")
"""Channels whose endpoints are one variable each."""
ENDPOINT_CHANNELS = (*SINGLE_ENDPOINTS, WEBHOOK)
NAMED = (*ENDPOINT_CHANNELS, "intake")
"""Fields that hold several things, each under the name that its variables have."""
DEPTHS = {**dict.fromkeys(SINGLE_ENDPOINTS, 2), WEBHOOK: 3, "intake": 3}
"""Length of the path to a variable: its field, the name, and a part."""
