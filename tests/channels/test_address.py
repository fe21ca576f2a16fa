"""
Addresses, and the channels that they name.
"""

import pytest

from channels.address import Address, AddressFault, parse_address

KNOWN = ("email", "console")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("email:ana@example.com", Address("email", "ana@example.com")),
        ("console:ana", Address("console", "ana")),
        (" email : ana@example.com ", Address("email", "ana@example.com")),  # written by hand, in YAML
        ("console:a:b", Address("console", "a:b")),  # only the first colon parts
    ],
)
def test_address_names_a_channel_and_somebody_on_it(text: str, address: Address) -> None:
    """COMM-11: a contact's address says by which channel."""
    assert address == parse_address(text, KNOWN)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("fax:123", "'fax:123' names the unknown channel 'fax'; known: console, email"),
        (
            "ana@example.com",
            "'ana@example.com' names no channel; write channel:target, with one of: console, email",
        ),
        ("email:", "'email:' names nobody on the channel email; write email:target"),
        ("", "'' names no channel; write channel:target, with one of: console, email"),
    ],
)
def test_address_that_leads_nowhere_is_refused_with_the_way_out(text: str, fault: str) -> None:
    """COMM-11: an address is checked before anybody relies on it."""
    with pytest.raises(AddressFault) as refusal:
        parse_address(text, KNOWN)

    assert fault == str(refusal.value)


def test_address_is_written_as_it_was_read() -> None:
    """COMM-11: the written form of an address is the one that a playbook holds."""
    assert "email:ana@example.com" == str(parse_address("email:ana@example.com", KNOWN))
