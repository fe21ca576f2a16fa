"""Addresses to which a message may be posted: public ones, and those that are allowed besides."""

from ipaddress import ip_address, ip_network

import pytest

from channels.protocol import Delivered, RefusedForGood
from runtime.network import Network
from tests.channels.builders import a_letter, a_network, webhook_to
from tests.receiver import Receiver

TO_CRM = a_letter(to_address="crm")
NOT_ALLOWED = "which is not public, and not among the private_networks that are allowed"


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - this machine, by another name
        "10.1.2.3",
        "100.64.0.1",  # shared (CGNAT)
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",  # where clouds keep credentials
        "172.16.0.1",
        "192.0.0.192",  # a cloud's metadata service
        "192.0.0.8",
        "192.88.99.1",  # 6to4 relays
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.5",  # documentation
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",  # mapped
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",  # 10.0.0.1 through NAT64
        "64:ff9b:1::1",
        "2002:a00:1::1",  # 6to4
        "2001:db8::1",
        "2001::1",  # Teredo
        "3fff::1",  # documentation
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_private_and_special_addresses_are_refused(address: str) -> None:
    """COMM-11: a webhook is no way into our own network."""
    assert not Network().admits(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_public_addresses_are_taken(address: str) -> None:
    """COMM-11: also those of IPv4 as IPv6 carries them."""
    assert Network().admits(ip_address(address))


def test_what_is_allowed_is_taken_and_nothing_beside_it() -> None:
    """COMM-11: one network, also in its mapped form."""
    network = Network([ip_network("10.20.0.0/16")])

    assert network.admits(ip_address("10.20.3.4"))
    assert network.admits(ip_address("::ffff:10.20.3.4"))
    assert not network.admits(ip_address("10.21.0.1"))
    assert not network.admits_in_the_clear(ip_address("10.20.3.4"))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",  # a name that resolves to loopback
        "2130706433",  # decimal
        "0177.0.0.1",  # octal
        "0x7f.1",  # hexadecimal, and short
        "127.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_loopback_is_refused_in_any_disguise(receiver: Receiver, scheme: str, host: str) -> None:
    """COMM-11: what is judged is the address that would be connected to."""
    channel = webhook_to(f"{scheme}://{host}:{receiver.port}/", network=Network())

    outcome = await channel.send(TO_CRM)

    assert isinstance(outcome, RefusedForGood)
    assert outcome.why.startswith(("it leads to ", "what is set up is no web address"))
    assert 0 == receiver.connections_made


async def test_refusal_names_the_address_and_the_setting(receiver: Receiver) -> None:
    """COMM-13: whoever reads the record knows what to do."""
    channel = webhook_to(receiver.url().replace("http:", "https:"), network=Network())

    assert RefusedForGood(why=f"it leads to 127.0.0.1, {NOT_ALLOWED}") == await channel.send(TO_CRM)


async def test_name_that_leads_to_what_is_allowed_is_taken(receiver: Receiver) -> None:
    """COMM-11: of several addresses of a name, only those that are allowed are tried."""
    channel = webhook_to(receiver.url(host="localhost"), network=a_network(ip_network("127.0.0.1")))

    assert isinstance(await channel.send(TO_CRM), Delivered)


async def test_environment_sends_no_letter_elsewhere(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """COMM-11: a proxy would choose the address in our place, so there is none."""
    async with Receiver() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

        outcome = await webhook_to(receiver.url()).send(TO_CRM)

        assert isinstance(outcome, Delivered)
        assert (1, 0) == (len(receiver.requests), proxy.connections_made)
