"""
The settings of every process, read once from the environment (`ESCALATION_*`).

Owns names, defaults and what is wrong between them. It must not know Temporal's own settings (address, TLS, API key):
those are `TEMPORAL_*` and `temporal.toml`, and `runtime.connection` leaves them to the SDK.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self, get_args

from platformdirs import user_state_path
from pydantic import Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic.types import PathType
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from escalation.kernel.email_address import SenderAddress
from escalation.kernel.values import Name
from escalation.policy.preferences import MOST_COUNTED, Limit
from runtime.environment_source import EnvironmentSource
from runtime.errors import SettingsFault
from runtime.named_settings import (
    APPRISE_ADDRESS,
    DEPTHS,
    ENDPOINT_CHANNELS,
    NAMED,
    PREFIX,
    SENDER_PARTS,
    WEB_ADDRESS,
    Addresses,
    AppriseAddresses,
    Sender,
    Senders,
    Webhooks,
    variable,
)
from runtime.setting_conflicts import conflicts_between
from runtime.setting_types import (
    ADDRESS,
    DEPLOYMENT,
    SUPPRESSIBLE,
    Access,
    AnyCase,
    BaseUrl,
    ChannelLimit,
    DeploymentName,
    Folder,
    HeaderName,
    LogFormat,
    LogLevel,
    Networks,
    Origins,
    Port,
    PortOrOff,
    RemotePort,
    SmtpTls,
    Suppressed,
    Text,
    Words,
)
from runtime.signing_keys import ProofKeys, SigningKeys, WebhookKeys, parse_keys, proof_key_in
from runtime.stored_data_settings import StoredDataSettings

ROOT = Path(__file__).resolve().parent.parent

_SMTP_PORTS = {SmtpTls.NONE: 25, SmtpTls.STARTTLS: 587, SmtpTls.TLS: 465}
PROOF_KEY_FILE = "proof.key"
_LIMIT_OF = "limit_"
_LIMIT_FORM = f"a number (1 to {MOST_COUNTED}) and a time, such as 5 per 10 min, 20 per 1 h or 50 per 1 day"
_LIMIT = f"{_LIMIT_FORM}; what the channel as a whole takes, from all workers together; unset: no limit"


class Settings(StoredDataSettings):
    """
    Everything that is set from outside, checked as a whole.

    A field is set by the variable of its name: `smtp_host` by `ESCALATION_SMTP_HOST`. Its description is what the
    variable must be; errors and the reference quote it. An empty variable counts as not set. Other variables of the
    prefix are left alone: Kubernetes sets ESCALATION_SERVICE_HOST and more in every container beside a service called
    `escalation`.
    """

    url: BaseUrl | None = Field(
        None,
        description="the web service that commands ask, such as https://escalations.example.com; http is for this "
        "machine alone; unset: they ask the server directly",
    )
    api_key: SecretStr | None = Field(
        None,
        description="the key by which a machine's commands ask it; unset: whoever did `escalate login` asks",
    )

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

    server_port: Port = Field(7233, description="a port, 0 to 65535; 0 picks a free one")
    ui_port: Port = Field(8233, description="a port, 0 to 65535; 0 picks a free one")

    gateway_port: PortOrOff = Field(
        8234, description="a port, 0 to 65535; 0 picks a free one, off leaves the web service out"
    )
    gateway_host: Text = Field("127.0.0.1", description="the name or address that the web service listens on")
    gateway_url: BaseUrl | None = Field(
        None,
        description="where people reach the web service, such as https://answer.example.com; http is for this machine "
        "alone; unset: only messages that are printed carry links",
    )
    access: Annotated[Access, AnyCase] = Field(
        Access.OPEN,
        description="open: whoever reaches this machine's own web service is believed; open_to_network: whoever "
        "reaches it over the network, too; signed_in: people sign in, machines have keys, and workers want proof of "
        "each move",
    )
    proof_keys: ProofKeys | None = Field(
        None,
        description="keys by which the web service proves to workers who acts: NAME:private:KEY or NAME:public:KEY, "
        "KEY the base64 of 32 bytes, several with a space between: the first private one signs, all are believed; the "
        "same for the web service and all workers; unset: where people sign in, one is kept in the state folder",
    )
    oidc_issuer: BaseUrl | None = Field(
        None,
        description="the identity provider that people sign in at, by its issuer, such as https://id.example.com; http "
        "is for this machine alone; unset: people do not sign in by OpenID Connect",
    )
    oidc_client_id: Text | None = Field(
        None, description="1 to 200 characters: this service, as it is registered at the identity provider"
    )
    oidc_client_secret: SecretStr | None = Field(
        None, description="its secret there; unset: it is registered as a public client, with PKCE"
    )
    oidc_command_line_id: Text | None = Field(
        None,
        description="1 to 200 characters: the command line, as it is registered at the identity provider: a public "
        "client with the device flow; unset: `escalate login` signs nobody in",
    )
    oidc_audiences: Words = Field(
        (),
        description="client ids of other programs whose ID tokens are taken as well, with spaces between; unset: none",
    )
    oidc_verified_claim: Text = Field(
        "email_verified",
        description="the claim that says that the e-mail address is verified; Entra ID calls it xms_edov",
    )
    session_hours: int = Field(
        8, ge=1, le=168, description="hours until somebody has to sign in again, 1 to 168"
    )
    proxy_header: HeaderName | None = Field(
        None,
        description="the header in which a proxy that signs people in says their verified e-mail address, such as "
        "X-Forwarded-Email; unset: no proxy is believed",
    )
    proxy_networks: Networks = Field(
        (),
        description="networks or addresses of that proxy, parted by spaces, such as 10.20.0.5/32; it is believed from "
        "there alone",
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

    api_requests_per_caller: int = Field(
        3000,
        ge=0,
        le=1_000_000,
        description="requests that one caller may send to the API within ten minutes, to one process; 0: no limit",
    )

    api_origins: Origins = Field(
        (),
        description="pages of other sites whose scripts may call the API, by their exact origins, such as "
        "https://desk.example.com, parted by spaces; unset: none",
    )

    max_cached_workflows: int = Field(1000, ge=0, le=1_000_000, description="a whole number, 0 to 1000000")
    starts_per_person: int = Field(
        1000,
        ge=0,
        le=1_000_000,
        description="escalations that one person may start within ten minutes, by one worker; 0: no limit",
    )
    deployment: DeploymentName = Field(DEPLOYMENT, description="letters, digits and _ / -, for all workers")
    build: Text | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$",
        description="letters, digits and _ . + -, such as an image's tag; unset: workers are not versioned",
    )

    smtp_host: Text | None = Field(
        None, description="a host name or address; unset: messages are printed, none leaves"
    )
    smtp_tls: Annotated[SmtpTls, AnyCase] = Field(SmtpTls.STARTTLS, description="one of none, starttls, tls")
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
        description=f"what mail programs must not answer by themselves: {', '.join(SUPPRESSIBLE)}, parted by commas; "
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

    metrics_address: Text | None = Field(
        None,
        pattern=ADDRESS,
        description="an IP address of this machine and a port, where a worker or the web service answers "
        "Prometheus, such as 127.0.0.1:9464; each process needs its own; unset: no metrics",
    )
    health_address: Text | None = Field(
        None,
        pattern=ADDRESS,
        description="an IP address and a port like that, where a worker says how it is; unset: nowhere",
    )
    log_format: Annotated[LogFormat, AnyCase] = Field(LogFormat.CONSOLE, description="one of console, json")
    log_level: Annotated[LogLevel, AnyCase] = Field(
        LogLevel.INFO, description="one of debug, info, warning, error"
    )

    slack: Addresses = Field({}, description=WEB_ADDRESS)
    teams: Addresses = Field({}, description=WEB_ADDRESS)
    apprise: AppriseAddresses = Field({}, description=APPRISE_ADDRESS)
    webhook: Webhooks = Field({}, description=f"{PREFIX}WEBHOOK_NAME_URL and {PREFIX}WEBHOOK_NAME_SECRET")
    intake: Senders = Field(
        {}, description=f"{PREFIX}INTAKE_NAME_ and one of {', '.join(SENDER_PARTS).upper()}"
    )

    @property
    def channel_limits(self) -> dict[str, Limit]:
        """The limits of channels as a whole, by the channel's name."""
        limits = (
            (field.removeprefix(_LIMIT_OF), value) for field, value in self if field.startswith(_LIMIT_OF)
        )
        return {channel: limit for channel, limit in limits if limit}

    @property
    def is_signed_in(self) -> bool:
        return self.access is Access.SIGNED_IN

    @property
    def written_proof_keys(self) -> tuple[str, ...]:
        """
        The keys for proofs, each as it is written; none where nobody signs in, unless they are set.

        Raises:
            RuntimeFault: If the file in the state folder cannot be used.
        """
        if self.proof_keys:
            return parse_keys(self.proof_keys)
        return (proof_key_in(self.state_folder / PROOF_KEY_FILE),) if self.is_signed_in else ()

    @property
    def senders(self) -> tuple[Sender, ...]:
        """Every system that may start escalations by webhook."""
        unbound = (Sender(secret=self.intake_secret),) if self.intake_secret else ()
        return (*unbound, *self.intake.values())

    def endpoint_names(self, channel: str) -> tuple[str, ...]:
        """Return what is set up for *channel*, in alphabetical order; nothing, if it has no endpoints by name."""
        return tuple(sorted(getattr(self, channel))) if channel in ENDPOINT_CHANNELS else ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment in `load` alone: what is constructed elsewhere depends on nothing outside."""
        return (init_settings,)

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """
        Read the settings from *environ* (the process's environment unless given).

        Raises:
            SettingsFault: If anything is wrong; it lists every fault: the variable, what was given, what is allowed.
        """
        # Example: ESCALATION_SMTP_TLS=ssl and ESCALATION_WEBHOOK_CRM_URL=https://crm.example are given as
        # {"smtp_tls": "ssl", "webhook": {"crm_url": "https://crm.example"}}. The fields say what they take: `ssl` is
        # none of the choices, and `crm` has no secret. Each fault becomes a line, with the description of its field.
        given = EnvironmentSource(cls, os.environ if environ is None else environ, NAMED)()
        faults: list[str] = []
        try:
            settings = cls(**given)
        except ValidationError as error:
            faults = list(dict.fromkeys(_faults_of(error, given)))
        faults += conflicts_between(given, _DEFAULTS)
        if faults:
            raise SettingsFault(*faults)
        return settings


_DEFAULTS = {name: field.default for name, field in Settings.model_fields.items()}
SINGLE_VARIABLES = tuple(field for field in Settings.model_fields if field not in NAMED)
"""The fields that one variable sets, each its own."""


def _faults_of(error: ValidationError, given: Mapping[str, Any]) -> Iterator[str]:
    for detail in error.errors(include_url=False, include_context=False):
        # Pydantic goes on below a variable, to the index of a word, say: a person knows the variable alone.
        path = tuple(map(str, detail["loc"]))[: DEPTHS.get(str(detail["loc"][0]), 1)]
        if path[0] not in given:
            continue  # a default that follows another field, which is reported itself
        field = _field_at(path)
        if detail["type"] == "missing":
            since = next(variable(*path[:-1], part) for part in detail["input"] if part != "name")
            yield f"{variable(*path)} is not set; allowed: {field.description}, since {since} is set"
        elif detail["type"] == "model_type":
            yield f"{variable(*path)} is no setting; allowed: {field.description}"
        else:
            value = given[path[0]] if len(path) == 1 else given[path[0]]["_".join(path[1:])]
            shown = "***" if "SecretStr" in repr(field.annotation) else repr(value)
            yield f"{variable(*path)} is {shown}; allowed: {field.description}"


def _field_at(path: tuple[str, ...]) -> FieldInfo:
    field = Settings.model_fields[path[0]]
    return parts_of(path[0])[path[2]] if len(path) == 3 else field


def parts_of(field: str) -> Mapping[str, FieldInfo]:
    """Return what is set of each thing of a field, by the end of its variable: those of "intake" or "webhook"."""
    parts: Mapping[str, FieldInfo] = get_args(Settings.model_fields[field].annotation)[1].model_fields
    return {part: info for part, info in parts.items() if part != "name"}
