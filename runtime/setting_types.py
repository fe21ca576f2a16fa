"""
Types of settings: how the text of one variable becomes a value, and what is refused.

Owns single values. It must not know which variables there are.
"""

import re
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, StringConstraints

from escalation.kernel.values import reader_of
from escalation.policy.limit_text import parse_limit
from escalation.policy.preferences import Limit

OFF = "off"


class SmtpTls(StrEnum):
    """Protection of the connection to the mail server."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class Access(StrEnum):
    """Modes of knowing who acts (IDENTITY-1)."""

    OPEN = "open"
    """Whoever reaches the web service is believed; it listens on this machine alone."""
    OPEN_TO_NETWORK = "open_to_network"
    """The same, for all who reach this machine."""
    SIGNED_IN = "signed_in"
    """People sign in, machines have keys, and workers want proof of each move."""


class LogFormat(StrEnum):
    """Form of a log line."""

    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """The least important log lines that are written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _in_small_letters(given: Any) -> Any:
    return given.lower() if isinstance(given, str) else given


def _port_or_off(given: Any) -> Any:
    return None if _in_small_letters(given) == OFF else given


AnyCase = BeforeValidator(_in_small_letters)
"""For choices, which may be written in capitals."""
ADDRESS = r"^(\d{1,3}(\.\d{1,3}){3}|\[[0-9A-Fa-f:]+\]):\d{1,5}$"
"""An IP address and a port."""
Port = Annotated[int, Field(ge=0, le=65535)]
PortOrOff = Annotated[Port | None, BeforeValidator(_port_or_off)]
RemotePort = Annotated[int, Field(ge=1, le=65535)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
DeploymentName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_/-]*$", max_length=200)]
DEPLOYMENT = "escalation-engine"
"""The name by which Temporal knows all workers together, of whatever build, unless another is set."""


def split_words(given: Any) -> Any:
    """Return the words of a text, which stand between spaces or commas."""
    return tuple(given.replace(",", " ").split()) if isinstance(given, str) else given


def _networks(given: Any) -> Any:
    return tuple(ip_network(each, strict=False) for each in split_words(given))


def _limit(given: Any) -> Any:
    return parse_limit(given) if isinstance(given, str) else given


HeaderName = Annotated[
    str,
    StringConstraints(max_length=100, pattern=r"^[A-Za-z][A-Za-z0-9-]*$"),
    AfterValidator(str.lower),
]
Words = Annotated[tuple[str, ...], BeforeValidator(split_words)]
ChannelLimit = Annotated[Limit | None, BeforeValidator(_limit)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_networks)]


def is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _base_url(url: str) -> str:
    # In the clear only on this machine: whoever reads the link on its way can answer in the reader's name.
    parts = urlsplit(url)
    if parts.scheme == "http" and not is_this_machine(parts.hostname or ""):
        raise ValueError("http, which is for this machine alone")
    return url.rstrip("/")


BaseUrl = Annotated[
    str,
    StringConstraints(max_length=500, pattern=r"^https?://[A-Za-z0-9.:\[\]-]+(/[\w./~-]*)?$"),
    AfterValidator(_base_url),
]


def _origins(given: Any) -> Any:
    return tuple(reader_of(BaseUrl).validate_python(each) for each in split_words(given))


def _require_no_path(origins: tuple[str, ...]) -> tuple[str, ...]:
    for each in origins:
        if urlsplit(each).path:
            raise ValueError("an origin has no path")
    return origins


Origins = Annotated[tuple[str, ...], BeforeValidator(_origins), AfterValidator(_require_no_path)]
"""Places that a browser's page can come from: scheme, host and port, each exactly."""


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


SUPPRESSIBLE = ("OOF", "AutoReply", "DR", "NDR", "RN", "NRN", "All")
"""Values of X-Auto-Response-Suppress (MS-OXCMAIL); OOF is an answer that somebody is out of office."""


def _suppressed(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    if given.lower() == OFF:
        return None
    by_lower = {each.lower(): each for each in SUPPRESSIBLE}
    asked = split_words(given.lower())
    if not set(asked) <= by_lower.keys():
        raise ValueError("what nobody can be asked not to answer")
    return ", ".join(by_lower[each] for each in asked)


Suppressed = Annotated[str | None, BeforeValidator(_suppressed)]


def _names_a_store(url: SecretStr) -> SecretStr:
    if not re.match(r"(sqlite|postgres(ql)?(\+psycopg)?):", url.get_secret_value()):
        raise ValueError("neither SQLite nor PostgreSQL")
    return url


StoreUrl = Annotated[SecretStr, AfterValidator(_names_a_store)]
