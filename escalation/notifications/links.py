"""
Links: questions of a message to its reader, answered with one press of a button (COMM-1, RESOLVE-2, RESOLVE-6), and the
page that a message leads to: a customer's page of the case (TALK-5), or that of the console for our own people.

Owns which occasion carries which question, and what an answer must know. It must not know how a link is signed, where
it leads, or how its page looks.
"""

import hashlib
from enum import StrEnum

from escalation.kernel.clock_name import ClockName
from escalation.kernel.ids import RunId, key_of
from escalation.kernel.values import frozen
from escalation.notifications.notification import CustomerNotification, InternalNotification, Occasion
from escalation.policy.people import Recipient


class Question(StrEnum):
    """Questions of links. The values travel in links that lie in mailboxes for weeks: none is ever renamed."""

    ACKNOWLEDGE = "acknowledge"
    ACCESS = "access"
    SURVEY = "survey"
    SEAT = "seat"


INTERNAL = {
    Occasion.ASSIGNED: Question.ACKNOWLEDGE,
    Occasion.ACKNOWLEDGEMENT_EXPIRED: Question.ACKNOWLEDGE,
    Occasion.REMINDER: Question.ACKNOWLEDGE,
    Occasion.BREACH: Question.ACKNOWLEDGE,
    Occasion.TASK_FORCE_INVITED: Question.SEAT,
}
CUSTOMER = {
    Occasion.ACCESS_QUESTION: Question.ACCESS,
    Occasion.SURVEY: Question.SURVEY,
}


@frozen
class Link:
    """One question to one person about one escalation. Everybody who has it can read it: nothing secret is in it."""

    question: Question
    escalation: str
    """The escalation's id, so that a link of a closed one says nothing about its successor; of an invitation, the task
    force's."""
    who: str
    """Id of the one who answers; in a letter to a customer's contact, what `reader_of` calls them."""
    account: str = ""
    """The first account of a customer's contact; no letter says it, the page finds it."""
    language: str = "en"
    time_zone: str = "UTC"
    accounts: tuple[str, ...] = ()
    """All accounts of a customer's contact who speaks for several; found with the first."""

    @property
    def key(self) -> str:
        return key_of(self.escalation)

    @property
    def is_for_reader(self) -> bool:
        """True if it calls a customer's contact as `reader_of` does, so that they are still to be found."""
        return self.question in CUSTOMER.values() and not self.account

    @property
    def task_force(self) -> str:
        """The name of the task force that somebody is invited to."""
        return RunId.read(self.escalation).task_force


def link_for(notice: InternalNotification | CustomerNotification, recipient: Recipient) -> Link | None:
    """Return the link that *notice* carries for *recipient*; None: it asks nothing that a link could answer."""
    question = _question(notice)
    if question is None:
        return None
    is_ours = isinstance(notice, InternalNotification)
    return Link(
        question=question,
        escalation=notice.escalation,
        who=recipient.id if is_ours else reader_of(notice.escalation, recipient),
        language=recipient.language,
        time_zone=recipient.time_zone,
    )


@frozen
class PageLink:
    """The way of one contact to their page of one escalation. Nothing about the contact can be read in it."""

    escalation: str
    """The escalation's id."""
    reader: str
    """The contact, as ``reader_of`` calls them."""
    language: str = "en"

    @property
    def key(self) -> str:
        return key_of(self.escalation)


@frozen
class CasePage:
    """The page of an escalation in the console. It is for everybody of ours alike: sign-in decides who sees it."""

    key: str


AnyLink = Link | PageLink | CasePage


def destination_of(
    notice: InternalNotification | CustomerNotification, recipient: Recipient
) -> PageLink | CasePage | None:
    """Return the page that a letter leads to; None, if it is about no escalation."""
    if isinstance(notice, InternalNotification):
        return case_page_of(notice)
    return page_for(notice, recipient)


def case_page_of(notice: InternalNotification) -> CasePage | None:
    """Return the page that every letter to our people leads to; None: it is about a sponsorship, or a report."""
    key = RunId.read(notice.escalation).key
    return CasePage(key=key) if key else None


def page_for(notice: InternalNotification | CustomerNotification, recipient: Recipient) -> PageLink | None:
    """Return the link to a customer's page of the case, which every letter to them carries; None: it is for us."""
    if isinstance(notice, InternalNotification):
        return None
    reader = reader_of(notice.escalation, recipient)
    return PageLink(escalation=notice.escalation, reader=reader, language=recipient.language)


def reader_of(escalation: str, contact: Recipient) -> str:
    """
    Return how links call *contact*: another name in each escalation, and after each revocation. An address bar, a
    proxy's log or a browser's history then shows no address and no account.
    """
    said = f"{escalation}\n{contact.mailbox}\n{contact.pages_revoked}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _question(notice: InternalNotification | CustomerNotification) -> Question | None:
    if isinstance(notice, CustomerNotification):
        return CUSTOMER.get(notice.occasion)
    # A reminder of any other clock, or its breach, is not about who owns the escalation.
    is_about_holding = notice.facts.clock in {None, ClockName.ACKNOWLEDGE}
    return INTERNAL.get(notice.occasion) if is_about_holding else None
