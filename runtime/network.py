"""
The network as messages and calendars may use it: public addresses, and those private ones that are allowed.

Owns which addresses may be connected to. Must not know what is sent, nor to whom.

Law 1: what is judged is the address that is then connected to, not a name: a name may be resolved again, or be a number
in disguise (`0x7f.1`, `2130706433`). The name serves on for TLS and the Host header.
Law 2: without TLS only an allowed loopback address is connected to, for there the wire cannot be tapped.
Law 3: there are no proxies and no environment: behind a proxy it is not us who choose the address.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpcore
import httpx
from httpcore import SOCKET_OPTION

IpNetwork = IPv4Network | IPv6Network
_IpAddress = IPv4Address | IPv6Address

PATIENCE = timedelta(seconds=15)
_WHY_NOT = "which is not public, and not among the private_networks that are allowed"
_WHY_NOT_IN_THE_CLEAR = (
    "and without TLS only a loopback address among the private_networks that are allowed will do"
)
_PUBLIC_V6 = IPv6Network("2000::/3")
# Of the registries of special addresses, those that `ipaddress` takes for public in some version of Python.
_SPECIAL = (
    IPv4Network("192.0.0.0/24"),  # IETF protocol assignments; 192.0.0.192 was a cloud's metadata service
    IPv4Network("192.88.99.0/24"),  # 6to4 relays
    IPv6Network("2001::/23"),  # IETF protocol assignments, Teredo among them
    IPv6Network("2002::/16"),  # 6to4: carries any IPv4 address
    IPv6Network("3fff::/20"),  # documentation
)
_NAT64 = IPv6Network("64:ff9b::/96")


class NotAllowed(PermissionError):
    """Every address of a host is one that must not be connected to; the text says which, never the host."""


class Network:
    """Addresses that are *allowed* beyond public ones, and how long an exchange may take."""

    def __init__(self, allowed: Iterable[IpNetwork] = (), *, patience: timedelta = PATIENCE) -> None:
        self._allowed = tuple(allowed)
        # Its lines from debug on hold hosts and the headers of answers, and either can be secret.
        logging.getLogger("httpcore").setLevel(logging.WARNING)
        self.patience = patience
        # For one address, and again for TLS: a dead address leaves time for the next, and what is begun can be ended.
        self.connected_within = patience / 4

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """
        One for all connections, made when first needed: it reads every certificate authority (`SSL_CERT_FILE`,
        `SSL_CERT_DIR`, else those of certifi).
        """
        return httpx.create_ssl_context()

    def pool(self, scheme: str, connections: int) -> httpcore.AsyncConnectionPool:
        """Connections to reuse, for `https` or `http`."""
        return httpcore.AsyncConnectionPool(
            ssl_context=self.tls if scheme == "https" else None,
            max_connections=connections,
            network_backend=_Door(self, is_private_wire_only=scheme != "https"),
        )

    def transport(self) -> httpx.AsyncBaseTransport:
        """For an httpx client that asks public `https` addresses, or allowed ones. Give it no proxy."""
        return _Transport(self.pool("https", connections=1))

    def admits(self, address: _IpAddress) -> bool:
        """Say whether *address* is public or allowed."""
        carried = _carried(address)
        return _is_public(carried) or self._is_allowed(carried)

    def admits_in_the_clear(self, address: _IpAddress) -> bool:
        """Say whether *address* is an allowed loopback one."""
        carried = _carried(address)
        return carried.is_loopback and self._is_allowed(carried)

    def _is_allowed(self, address: _IpAddress) -> bool:
        return any(address in network for network in self._allowed)


class _Door(httpcore.AsyncNetworkBackend):
    """Network backend of httpcore that resolves, judges, and connects to what it judged."""

    def __init__(self, network: Network, *, is_private_wire_only: bool) -> None:
        self._admits = network.admits_in_the_clear if is_private_wire_only else network.admits
        self._why_not = _WHY_NOT_IN_THE_CLEAR if is_private_wire_only else _WHY_NOT
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore decides the names of arguments
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """
        Called by httpcore. Tries what is admitted in the resolver's order.

        Raises:
            NotAllowed: If no address is.
        """
        # The name was resolved once, and each address judged: to hand the name on would let it be resolved again, to
        # another address (DNS rebinding).
        last: Exception | None = None
        for address in await self._admitted(host, port):
            try:
                return await self._backend.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as fault:
                last = fault
        raise last or httpcore.ConnectError("no address is known")

    async def _admitted(self, host: str, port: int) -> list[_IpAddress]:
        addresses = await _resolved(host, port)
        admitted = [address for address in addresses if self._admits(address)]
        if addresses and not admitted:
            raise NotAllowed(f"it leads to {addresses[0]}, {self._why_not}")
        return admitted


class _Transport(httpx.AsyncBaseTransport):
    """A pool of ours, as httpx drives it. What goes wrong becomes an error of httpx, but for ``NotAllowed``."""

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        try:
            answer = await self._pool.handle_async_request(
                httpcore.Request(
                    request.method,
                    url,
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as fault:
            raise _as_httpx(fault) from fault
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._answer.aiter_stream():
                yield piece
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as fault:
            raise _as_httpx(fault) from fault

    async def aclose(self) -> None:
        await self._answer.aclose()


def _as_httpx(fault: Exception) -> httpx.TransportError:
    """The error of the same name; without words, which may hold a host."""
    kind: type[httpx.TransportError] = getattr(httpx, type(fault).__name__, httpx.TransportError)
    return kind("")


async def _resolved(host: str, port: int) -> list[_IpAddress]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:  # the latter from a name that cannot be one
        raise httpcore.ConnectError("its name is not known") from fault
    return list(dict.fromkeys(ip_address(place[0]) for *_, place in found))


def _carried(address: _IpAddress) -> _IpAddress:
    """The IPv4 address that an IPv6 address leads to, if it does: mapped, or through the well-known NAT64 prefix."""
    if not isinstance(address, IPv6Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else address


def _is_public(address: _IpAddress) -> bool:
    """Global unicast: not private, loopback, link-local, shared (CGNAT), multicast, reserved or documentation."""
    if isinstance(address, IPv6Address) and address not in _PUBLIC_V6:
        return False
    is_special = any(address in network for network in _SPECIAL)  # False for the other version
    return address.is_global and not address.is_multicast and not is_special
