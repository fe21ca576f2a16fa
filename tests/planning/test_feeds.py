"""
Calendars at addresses: fetched over a real connection, bounded, remembered, and never shown.
"""

import logging
import ssl
import threading
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

import pytest

from planning.on_call.feed_sources import LARGEST, FeedFault, FilesAlone, address_of
from planning.on_call.feeds import Feeds
from planning.on_call.rota_spec import FeedSpec
from runtime.network import Network
from tests.planning.builders import utc
from tests.planning.rotas import a_calendar_file, a_rota, an_event, on_call
from tests.said import said

CERTIFICATE = Path(__file__).parents[1] / "channels" / "loopback.pem"
HERE = Network([ip_network("127.0.0.1"), ip_network("::1")]).transport
"""The way to loopback, which is closed otherwise."""
VARIABLE = "ESCALATION_ONCALL_ICS"
SECRET = "private-0123456789abcdef"
FROM_VARIABLE = FeedSpec(url_from=VARIABLE)
NOON = utc("2026-11-20 12:00")
ELENA = a_calendar_file(an_event(":20261120T090000Z", ":20261121T090000Z", "SUMMARY:Elena")).encode()


class Website:
    """
    Answers on loopback, over TLS, with whatever it is told to.
    """

    def __init__(self) -> None:
        self.asked = 0
        self.answer: Callable[[BaseHTTPRequestHandler], None] = with_(ELENA)
        website = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                website.asked += 1
                website.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.address = f"https://localhost:{self._server.server_port}/calendar/ical/{SECRET}/basic.ics"

    def __enter__(self) -> "Website":
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def with_(body: bytes, status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        try:
            handler.wfile.write(body)
        except OSError:
            handler.close_connection = True

    return answer


def silent(handler: BaseHTTPRequestHandler) -> None:
    """
    Says that much will come, and then nothing.
    """
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.flush()
    threading.Event().wait(1)
    handler.close_connection = True


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """
    Always a little more to come, of its head even.
    """
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(40):
            handler.wfile.write(b"X: y\r\n")
            threading.Event().wait(0.05)
    except OSError:
        handler.close_connection = True


@pytest.fixture
def website(monkeypatch: pytest.MonkeyPatch) -> Iterator[Website]:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with Website() as website:
        monkeypatch.setenv(VARIABLE, website.address)
        yield website


class Watch:
    """
    A clock that is put forward by hand.
    """

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


def test_a_feed_is_asked_once_in_a_while(website: Website) -> None:
    """
    MATRIX-1: fresh for a short time, then asked again.
    """
    watch = Watch()
    feeds = Feeds(HERE, fresh_for=timedelta(minutes=2), now=watch)

    assert (ELENA, "") == feeds.read(FROM_VARIABLE, None)
    assert (ELENA, "") == feeds.read(FROM_VARIABLE, None)
    assert 1 == website.asked
    watch.at += timedelta(minutes=2)
    website.answer = with_(b"other")
    assert b"other" == feeds.read(FROM_VARIABLE, None).data
    assert 2 == website.asked


def test_the_last_good_answer_serves_on_and_says_so(website: Website) -> None:
    """
    MATRIX-5: a feed that is down does not make anybody unreachable; the reason knows.
    """
    watch = Watch()
    feeds = Feeds(HERE, now=watch)
    rota = a_rota(calendar={"url_from": VARIABLE})
    on_call(rota, NOON, feeds)
    watch.at += timedelta(minutes=30)
    website.answer = with_(b"", 503)

    answer = on_call(rota, NOON, feeds)

    assert ["elena"] == [person.id for person in answer.people]
    assert (
        "calendar entry 'Elena'; the calendar is as it was at 2026-11-20 12:00 UTC, for now it answers with "
        "status 503"
    ) == said(answer.why)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (with_(b"Sign in", 401), "it answers with status 401"),
        (with_(b"x" * (LARGEST + 1)), "it has more than 1,048,576 bytes"),
        (
            with_(b"", 302, Location=f"http://127.0.0.1:1/{SECRET}"),
            "it leads to an address that is not https",
        ),
        (with_(b"", 302, Location="/again"), "it cannot be reached (TooManyRedirects)"),
        (with_(b"", 302, Location=f"https://localhost:1/{SECRET}"), "it cannot be reached (ConnectError)"),
        (silent, "it does not answer in time"),
        (dripping, "it does not answer in time"),
    ],
    ids=["status", "size", "in the open", "in circles", "nowhere", "silent", "dripping"],
)
def test_what_is_no_good_answer_is_refused(
    website: Website,
    caplog: pytest.LogCaptureFixture,
    answer: Callable[[BaseHTTPRequestHandler], None],
    why: str,
) -> None:
    """
    START-6: one sentence, and the address in neither it nor the log, at any level.
    """
    caplog.set_level(logging.DEBUG)
    website.answer = answer

    with pytest.raises(FeedFault) as refused:
        Feeds(HERE, answers_within=timedelta(seconds=0.5)).read(FROM_VARIABLE, None)

    assert why == str(refused.value)
    assert SECRET not in "".join(traceback.format_exception(refused.value))
    assert SECRET not in caplog.text


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_not_asked(
    website: Website, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """
    Behind a proxy it would not be us who choose the address.
    """
    monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert ELENA == Feeds(HERE).read(FROM_VARIABLE, None).data


@pytest.mark.parametrize(
    "place", ["https://localhost", "https://127.0.0.1", "https://0x7f.1", "https://[::1]"]
)
def test_a_feed_leads_to_no_private_address(
    website: Website, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """
    Not at once, and not by a redirect: loopback, and what else is not public, is closed unless it is allowed.
    """
    port = website.address.split(":")[2].partition("/")[0]
    monkeypatch.setenv(VARIABLE, f"{place}:{port}/{SECRET}")

    with pytest.raises(FeedFault) as refused:
        Feeds(Network().transport).read(FROM_VARIABLE, None)

    assert "it leads to an address that is neither public nor in ESCALATION_PRIVATE_NETWORKS" == str(
        refused.value
    )
    assert 0 == website.asked


def test_a_redirect_goes_through_the_same_door(website: Website) -> None:
    """
    The address that it leads to is judged as the first one was.
    """
    website.answer = with_(b"", 302, Location=f"https://127.0.0.2:1/{SECRET}")

    with pytest.raises(FeedFault, match="neither public nor in"):
        Feeds(HERE).read(FROM_VARIABLE, None)


def test_an_address_is_never_logged(website: Website, caplog: pytest.LogCaptureFixture) -> None:
    """
    COMM-6: it may be all that keeps the calendar from others.
    """
    caplog.set_level(logging.DEBUG)

    Feeds(HERE).read(FROM_VARIABLE, None)

    assert 1 == website.asked
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "the environment variable ESCALATION_ONCALL_ICS is not set"),
        ("", "the environment variable ESCALATION_ONCALL_ICS is not set"),
        (
            f"http://example.com/{SECRET}",
            "the environment variable ESCALATION_ONCALL_ICS holds no https address",
        ),
        (f"https://[{SECRET}", "the environment variable ESCALATION_ONCALL_ICS holds no https address"),
        (f"https:///{SECRET}", "the environment variable ESCALATION_ONCALL_ICS holds no https address"),
    ],
)
def test_a_variable_that_holds_no_address_is_named(
    monkeypatch: pytest.MonkeyPatch, value: str | None, why: str
) -> None:
    """
    START-6: the variable, never its value.
    """
    monkeypatch.delenv(VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(VARIABLE, value)

    with pytest.raises(FeedFault) as refused:
        address_of(FROM_VARIABLE)

    assert why == str(refused.value)


@pytest.mark.parametrize("name", ["missing.ics", "../on_call.ics", "/etc/hostname", "", "a\0b", "."])
def test_a_file_is_one_in_the_playbooks_folder(tmp_path: Path, name: str) -> None:
    """
    START-6: nothing else is read, whatever the playbook says.
    """
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "on_call.ics").write_bytes(ELENA)

    with pytest.raises(FeedFault):
        FilesAlone().read(FeedSpec(file=name), tmp_path / "playbooks")
    with pytest.raises(FeedFault):
        Feeds(HERE).read(FeedSpec(file="on_call.ics"), None)
