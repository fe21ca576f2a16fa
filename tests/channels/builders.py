"""
Letters and settings, with what a test does not care about filled in.
"""

from typing import Any

from channels.email import EmailChannel, EmailSettings
from channels.protocol import Letter
from tests.mailbox import Mailbox


def a_letter(**changes: Any) -> Letter:
    """
    A first notice to Ana.
    """
    return Letter.model_validate(
        {
            "key": "ACME/4711:first_notice:ana:email",
            "thread": "ACME/4711",
            "to_name": "Ana Lima",
            "to_address": "ana@example.com",
            "subject": "ACME/4711: we are on it",
            "text": "Dear Ana,\n\nwe are on it.\n",
        }
        | changes
    )


def letters_to_many(count: int) -> list[Letter]:
    """
    The same notice to *count* people, each under a key of its own.
    """
    return [
        a_letter(
            key=f"ACME/4711:first_notice:person-{number}:email", to_address=f"person-{number}@example.com"
        )
        for number in range(count)
    ]


def settings_for(mailbox: Mailbox, **changes: Any) -> EmailSettings:
    """
    Plain SMTP to *mailbox*.
    """
    return EmailSettings.model_validate(
        {
            "host": mailbox.host,
            "port": mailbox.port,
            "tls": "none",
            "sender_address": "escalations@vendor.example",
            "sender_name": "Vendor Escalations",
            "timeout": 5.0,
        }
        | changes
    )


def channel_to(mailbox: Mailbox, **changes: Any) -> EmailChannel:
    """
    The e-mail channel, ready to send to *mailbox*.
    """
    return EmailChannel(settings_for(mailbox, **changes))
