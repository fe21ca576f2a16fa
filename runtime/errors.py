"""
Errors that stop the program from running here, in words for the person who started it.

Owns the errors of the ground under the engine: settings, state folder, server, connection. None of them is a
refused move (those are `escalation.kernel.refusals`), and none is a bug. Each message is complete: what is in the
way, and
what to do.

    RuntimeFault
    ├── SettingsFault               a variable or a Temporal profile is wrong       (bad input)
    │   └── OnlyDirectly            what was asked has no operation of the HTTP API
    ├── NoServer                    nothing that speaks Temporal answers there      (no server)
    │   ├── NoWorker                the server answers, and no worker does
    │   ├── AccessRefused           it answers, but not to these credentials
    │   └── NamespaceUnknown        it answers, but has no such namespace
    ├── EmbeddedServerFault         the embedded server cannot run
    │   ├── BinaryMissing
    │   ├── PortTaken
    │   └── StateFolderInUse
    ├── BackupFault                 a backup cannot be made, or is none
    └── SearchAttributesFault       the cluster lacks search attributes, and cannot be given them
"""


class RuntimeFault(Exception):
    """The program cannot run here; the message says why and what to do."""


class SettingsFault(RuntimeFault):
    """Settings are wrong. The message has one line for each fault; `faults` holds the same lines."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class OnlyDirectly(SettingsFault):
    """The command or call has no operation of the HTTP API, and ESCALATION_URL is set."""

    def __init__(self, what: str, url: str) -> None:
        super().__init__(
            f"{what} works only directly, and ESCALATION_URL is {url!r}; unset it, where the server can be reached"
        )


class NoServer(RuntimeFault):
    """No Temporal server can be used at the address."""


class NoWorker(NoServer):
    """The server is there, and nobody works on what is asked of it."""


class AccessRefused(NoServer):
    """A server answers, but refuses this certificate or API key."""


class NamespaceUnknown(NoServer):
    """A server answers, but the namespace does not exist there."""


class EmbeddedServerFault(RuntimeFault):
    """The embedded server could not be started, or ended by itself."""


class BinaryMissing(EmbeddedServerFault):
    """There is no `temporal` program on this machine."""


class PortTaken(EmbeddedServerFault):
    """Something else listens on a port that was asked for."""


class StateFolderInUse(EmbeddedServerFault):
    """Another embedded server runs on the same state folder."""


class SearchAttributesFault(RuntimeFault):
    """Search attributes are missing or have another type, and this could not be put right from here."""


class BackupFault(RuntimeFault):
    """A backup cannot be made or restored; the state is as it was."""
