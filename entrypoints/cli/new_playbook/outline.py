"""The answers that a first playbook is written from. Knows neither questions nor files."""

from dataclasses import dataclass, field

from planning.calendars.calendar_spec import HolidaySpec

AGENT, MANAGER = "agent", "escalation_manager"
"""The two roles of a first playbook."""


@dataclass
class PersonDraft:
    """A person, with the e-mail address that messages go to."""

    name: str
    email: str


@dataclass
class LevelDraft:
    """A level: its name, and the ids of the people who are asked, in turn."""

    name: str
    contacts: list[str]


@dataclass
class Outline:
    """All that is known so far; each list in the order that it was given in."""

    name: str = ""
    time_zone: str = ""
    hours: dict[str, list[str]] = field(default_factory=dict)
    """Days, such as ``mon-fri``, to open hours."""
    holidays: list[HolidaySpec] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    """The first one is that of the people."""
    people: dict[str, PersonDraft] = field(default_factory=dict)
    levels: list[LevelDraft] = field(default_factory=list)
    managers: list[str] = field(default_factory=list)
    """Ids of those who look after the process."""
    categories: dict[str, str] = field(default_factory=dict)
    """Ids to names."""

    @property
    def contacts(self) -> set[str]:
        return {id_ for level in self.levels for id_ in level.contacts}

    def roles_of(self, id_: str) -> list[str]:
        """Return the roles of a person: everybody works on cases but those who do nothing else than look after them."""
        manages = id_ in self.managers
        works = not manages or id_ in self.contacts
        return [AGENT] * works + [MANAGER] * manages
