"""Form of a person and of a team in a playbook file."""

from typing import Annotated

from pydantic import Field

from escalation.kernel.email_address import EmailAddress
from escalation.kernel.language_tag import LanguageTag
from escalation.kernel.values import Name
from planning.calendars.calendar_spec import TimeZone
from planning.playbook.message_spec import Limits, QuietHours
from planning.playbook.value_types import Addresses, Roles, Telephone
from planning.spec import PersonNames, Spec


class RecipientSpec(Spec):
    """Form that people and teams share."""

    name: Name
    """The name that messages and tables show."""
    addresses: Addresses = ()
    """Addresses for messages, the preferred one first: email:ana@example.com. Members of a team do not get them too."""
    telephone: Telephone | None = None
    """The number for customers: +44 20 7946 0123. Letters name it, and the first email address, where they own a case;
    if omitted, those of the desk."""
    language: LanguageTag = "en"
    """The language of messages."""
    time_zone: TimeZone = "UTC"
    """The zone of the times in messages."""
    urgent_addresses: Addresses = ()
    """Addresses that are tried first when it is urgent: for P1, and for every breach."""
    quiet_hours: QuietHours = {}
    """Hours in which messages wait, in the time zone above: 22:00-07:00, or hours by days. Nothing urgent waits."""
    at_most: Limits | None = None
    """Most messages: 5 per 10 min. The rest comes as a digest. If omitted, as messages says; []: no limit."""


class DeskSpec(Spec):
    """The desk that customers reach where the owner of their case has no telephone number of their own."""

    name: Name
    """The name that letters to customers show."""
    telephone: Telephone | None = None
    """The number for customers: +44 20 7946 0123."""
    email: EmailAddress | None = None
    """An address where somebody reads what customers write."""


class PersonSpec(RecipientSpec):
    """Somebody who can be notified, own an escalation, or make moves."""

    roles: Roles = ()
    """Words that you choose; permissions says what a role may do."""


class TeamSpec(RecipientSpec):
    """People who own an escalation together."""

    members: Annotated[PersonNames, Field(min_length=1)]
    """Ids of people; each of them may do whatever the team may do."""
