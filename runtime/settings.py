"""
The settings of every process, read once from the environment (`ESCALATION_*`).

Owns names, defaults and checks. It must not know Temporal's own settings (address, TLS, API key): those are
`TEMPORAL_*` and `temporal.toml`, and `runtime.connection` leaves them to the SDK.
"""

import os
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from platformdirs import user_state_path
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
)
from pydantic.types import PathType

from escalation.kernel.email_address import SenderAddress
from escalation.kernel.values import Name
from escalation.policy.limit_text import LIMIT_FORM, parse_limit
from escalation.policy.preferences import Limit
from runtime.endpoints import PREFIX, Endpoints, read_endpoints
from runtime.errors import SettingsFault
from runtime.senders import Sender, read_senders, unbound_sender
from runtime.signing_keys import SigningKeys, WebhookKeys

ROOT = Path(__file__).resolve().parent.parent


class SmtpTls(StrEnum):
    """How the connection to the mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class LogFormat(StrEnum):
    """What a log line looks like."""

    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """The least important log lines that are written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


_SMTP_PORTS = {SmtpTls.NONE: 25, SmtpTls.STARTTLS: 587, SmtpTls.TLS: 465}

OFF = "off"
_LIMIT_OF = "limit_"
_LIMIT = f"{LIMIT_FORM}; what the channel as a whole takes, from all workers together; unset: no limit"

Port = Annotated[int, Field(ge=0, le=65535)]
PortOrOff = Annotated[Port | None, BeforeValidator(lambda given: None if given == OFF else given)]
RemotePort = Annotated[int, Field(ge=1, le=65535)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


def _parted(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    return tuple(ip_network(each, strict=False) for each in given.replace(",", " ").split())


def _limit(given: Any) -> Any:
    return parse_limit(given) if isinstance(given, str) else given


ChannelLimit = Annotated[Limit | None, BeforeValidator(_limit)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_parted)]


def _base_url(url: str) -> str:
    """In the clear only on this machine: who reads the link on its way can answer in the reader's name."""
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname != "localhost" and not _is_loopback(parts.hostname or ""):
        raise ValueError("http, which is for this machine alone")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


BaseUrl = Annotated[
    str,
    StringConstraints(max_length=500, pattern=r"^https?://[A-Za-z0-9.:\[\]-]+(/[\w./~-]*)?$"),
    AfterValidator(_base_url),
]


def _can_be_looked_for(path: Path) -> Path:
    try:
        path.exists()
    except OSError as error:  # a name that is too long
        raise ValueError(error.strerror) from None
    return path


Folder = Annotated[
    Path,
    AfterValidator(Path.expanduser),
    AfterValidator(Path.absolute),
    AfterValidator(_can_be_looked_for),
]


_SUPPRESSIBLE = ("OOF", "AutoReply", "DR", "NDR", "RN", "NRN", "All")
"""What X-Auto-Response-Suppress can name (MS-OXCMAIL); OOF is an answer that somebody is out of office."""


def _suppressed(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    if given.lower() == OFF:
        return None
    by_lower = {each.lower(): each for each in _SUPPRESSIBLE}
    asked = given.lower().replace(",", " ").split()
    if not set(asked) <= by_lower.keys():
        raise ValueError("what nobody can be asked not to answer")
    return ", ".join(by_lower[each] for each in asked)


Suppressed = Annotated[str | None, BeforeValidator(_suppressed)]


def _names_a_store(url: SecretStr | None) -> SecretStr | None:
    if url and not re.match(r"(sqlite|postgres(ql)?(\+psycopg)?):", url.get_secret_value()):
        raise ValueError("neither SQLite nor PostgreSQL")
    return url


class Settings(BaseModel):
    """
    Everything that is set from outside, checked as a whole.

    A field is set by the variable of its name: `smtp_host` by `ESCALATION_SMTP_HOST`. Its description is what the
    variable must be; errors and the reference quote it. An empty variable counts as not set.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    state_folder: Folder = Field(
        default_factory=lambda: user_state_path("escalation-engine", appauthor=False),
        description="a folder for the embedded server's file, log and lock; unset: in the user's state folder",
    )
    playbook: Annotated[Folder, PathType("file")] = Field(
        ROOT / "playbooks" / "reference.yaml", description="the path of a playbook (YAML) that exists"
    )
    templates: Annotated[Folder, PathType("dir")] | None = Field(
        None, description="a folder that exists, of templates that go before those shipped"
    )

    records_url: Annotated[SecretStr | None, AfterValidator(_names_a_store)] = Field(
        None,
        description="sqlite:////PATH/TO/FILE or postgresql://USER:PASSWORD@HOST:PORT/DATABASE; unset: a file in the "
        "state folder",
    )

    server_port: Port = Field(7233, description="a port, 0 to 65535; 0 picks a free one")
    ui_port: Port = Field(8233, description="a port, 0 to 65535; 0 picks a free one")

    gateway_port: PortOrOff = Field(
        8234, description="a port, 0 to 65535; 0 picks a free one, off leaves the gateway out"
    )
    gateway_host: Text = Field("127.0.0.1", description="the name or address that the gateway listens on")
    gateway_url: BaseUrl | None = Field(
        None,
        description="where people reach the gateway, such as https://answer.example.com; http is for this machine "
        "alone; unset: only letters that are printed carry links",
    )
    link_key: SigningKeys | None = Field(
        None,
        description="a key of at least 32 characters, several with a space between: the first signs links, all "
        "are believed; unset: one is kept in the state folder",
    )
    link_days: int = Field(14, ge=1, le=365, description="days that a link can be used, 1 to 365")
    intake_secret: WebhookKeys | None = Field(
        None,
        description="whsec_ and the base64 of 24 to 64 bytes, several with a space between, all believed; "
        "whoever has one starts for any tenant, in anybody's name: see Senders; unset: no such sender",
    )

    max_cached_workflows: int = Field(1000, ge=0, le=1_000_000, description="a whole number, 0 to 1000000")
    starts_per_person: int = Field(
        1000,
        ge=0,
        le=1_000_000,
        description="escalations that one person may start within ten minutes, by one worker; 0: no limit",
    )
    build: Text | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$",
        description="letters, digits and _ . + -, such as an image's tag; unset: workers are not versioned",
    )

    smtp_host: Text | None = Field(
        None, description="a host name or address; unset: letters are printed, none leaves"
    )
    smtp_tls: SmtpTls = Field(SmtpTls.STARTTLS, description="one of none, starttls, tls")
    smtp_port: RemotePort = Field(
        default_factory=lambda fields: _SMTP_PORTS[fields.get("smtp_tls", SmtpTls.STARTTLS)],
        description="a port, 1 to 65535; unset: 25, 587 or 465, as smtp_tls asks",
    )
    smtp_user: Text | None = Field(None, description="1 to 200 characters, together with the password")
    smtp_password: SecretStr | None = Field(None, description="the user's password")
    smtp_sender: SenderAddress = Field(
        "escalations@localhost", description="an e-mail address in ASCII, name@host"
    )
    smtp_sender_name: Name | None = Field(
        None,
        description="1 to 200 printable characters, shown beside the sender's address; unset: the address alone",
    )
    smtp_reply_to: SenderAddress | None = Field(
        None, description="an e-mail address in ASCII, name@host, that answers go to; unset: to the sender"
    )
    smtp_suppress: Suppressed = Field(
        "OOF, AutoReply",
        description=f"what mail programs must not answer by themselves: {', '.join(_SUPPRESSIBLE)}, parted by commas; "
        "off asks nothing",
    )

    private_networks: Networks = Field(
        (),
        description="networks or addresses that are not public and that slack, teams and webhook targets and on-call "
        "calendars may be in, parted by spaces, such as 10.20.0.0/16 127.0.0.1; unset: none",
    )
    limit_email: ChannelLimit = Field(None, description=_LIMIT)
    limit_slack: ChannelLimit = Field(None, description=_LIMIT)
    limit_teams: ChannelLimit = Field(None, description=_LIMIT)
    limit_webhook: ChannelLimit = Field(None, description=_LIMIT)
    limit_apprise: ChannelLimit = Field(None, description=_LIMIT)
    bound_senders: tuple[Sender, ...] = Field(
        (), description="systems that start by webhook, each for its tenants"
    )
    targets: Endpoints = Field(Endpoints(), description="what addresses such as slack:support lead to")

    metrics_address: Text | None = Field(
        None,
        pattern=r"^(\d{1,3}(\.\d{1,3}){3}|\[[0-9A-Fa-f:]+\]):\d{1,5}$",
        description="an IP address of this machine and a port, where workers answer Prometheus, such as "
        "127.0.0.1:9464; each worker process needs its own; unset: no metrics",
    )
    log_format: LogFormat = Field(LogFormat.CONSOLE, description="one of console, json")
    log_level: LogLevel = Field(LogLevel.INFO, description="one of debug, info, warning, error")

    @property
    def channel_limits(self) -> dict[str, Limit]:
        """By the channel's name; only those that have one."""
        limits = (
            (field.removeprefix(_LIMIT_OF), value) for field, value in self if field.startswith(_LIMIT_OF)
        )
        return {channel: limit for channel, limit in limits if limit}

    @property
    def senders(self) -> tuple[Sender, ...]:
        """Every system that may start escalations by webhook."""
        unbound = (unbound_sender(self.intake_secret),) if self.intake_secret else ()
        return (*unbound, *self.bound_senders)

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """
        Read the settings from *environ* (the process's environment unless given).

        Raises:
            SettingsFault: If anything is wrong; it lists every fault: the variable, what was given, what is allowed.
        """
        environ = os.environ if environ is None else environ
        given = dict(_given(environ))
        targets, target_faults = read_endpoints(environ)
        senders, sender_faults = read_senders(environ)
        faults = []
        try:
            settings = cls.model_validate(given | {"targets": targets, "bound_senders": senders})
        except ValidationError as error:
            at_fault = dict.fromkeys(str(detail["loc"][0]) for detail in error.errors())
            # A default that follows another field is reported along with that field's fault.
            faults = [_fault(field, given) for field in at_fault if field in given]
        faults += [*_faults_between(given), *target_faults, *sender_faults]
        if faults:
            raise SettingsFault(*faults)
        return settings


SINGLE_VARIABLES = tuple(
    field for field in Settings.model_fields if field not in {"targets", "bound_senders"}
)
"""The fields that one variable sets, each its own."""


def variable(field: str) -> str:
    """Name the variable that sets *field*."""
    return PREFIX + field.upper()


def _given(environ: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    # Variables of the prefix that are not ours are left alone: Kubernetes sets ESCALATION_SERVICE_HOST and more in
    # every container beside a service called `escalation`.
    for field in SINGLE_VARIABLES:
        value = environ.get(variable(field), "").strip()
        if value:
            is_choice = field in {"smtp_tls", "log_format", "log_level", "gateway_port"}
            yield field, value.lower() if is_choice else value


def _fault(field: str, given: Mapping[str, Any]) -> str:
    is_secret = "SecretStr" in repr(Settings.model_fields[field].annotation)
    shown = "***" if is_secret else repr(given[field])
    return f"{variable(field)} is {shown}; allowed: {Settings.model_fields[field].description}"


def _faults_between(given: Mapping[str, Any]) -> Iterator[str]:
    def value(field: str) -> str:
        return str(given.get(field, Settings.model_fields[field].default))

    if ("smtp_user" in given) != ("smtp_password" in given):
        yield f"{variable('smtp_user')} and {variable('smtp_password')}: one is set; allowed: both or neither"
    for one, other in combinations(("server_port", "ui_port", "gateway_port"), 2):
        if value(one) == value(other) not in {"0", OFF}:
            ports = f"{variable(one)} and {variable(other)}"
            yield f"{ports} are both {value(one)!r}; allowed: two different values"
