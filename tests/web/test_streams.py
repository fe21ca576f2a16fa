"""Streams of events, very many at once: what they cost Temporal and this process, and how they end."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from temporalio.client import Interceptor, OutboundInterceptor
from temporalio.plugin import SimplePlugin

from entrypoints.web.open_streams import MOST_STREAMS, OpenStreams, name_of_caller
from entrypoints.web.shared_watch import LOOKS_EVERY
from identity.caller import Caller, Mode
from runtime.connection import connect
from tests.web.web_client import Door, open_door, seen
from workflows.plugin import escalation_plugin

API = "/api/v1"
MANY = 200


class Counting(Interceptor):
    """Counts what is asked of Temporal."""

    def __init__(self) -> None:
        self.asked = Counter[str]()

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002 - the SDK's name
        return _Counting(next, self.asked)


class _Counting(OutboundInterceptor):
    def __init__(self, after: OutboundInterceptor, asked: Counter[str]) -> None:
        super().__init__(after)
        self._asked = asked

    async def describe_workflow(self, input: Any) -> Any:  # noqa: A002
        self._asked["describe"] += 1
        return await super().describe_workflow(input)

    async def query_workflow(self, input: Any) -> Any:  # noqa: A002
        self._asked["query"] += 1
        return await super().query_workflow(input)

    def list_workflows(self, input: Any) -> Any:  # noqa: A002
        self._asked["list"] += 1
        return super().list_workflows(input)


@dataclass
class Crowd:
    """Followers of streams at one process of the web service."""

    http: httpx.AsyncClient
    asked: Counter[str]
    waiting: int = 0
    """The number of those whose stream has begun."""

    async def follow(self, path: str, until: str) -> bool:
        """Return whether the stream said *until*; not, if it ended before."""
        async with self.http.stream("GET", path, headers={"cookie": "escalation_as=maya"}) as stream:
            lines = stream.aiter_lines()
            assert 200 == stream.status_code
            await anext(lines)
            self.waiting += 1
            async for line in lines:
                if line == until:
                    return True
        return False

    @asynccontextmanager
    async def following(
        self, path: str, until: str, many: int = MANY
    ) -> AsyncIterator[list[asyncio.Task[bool]]]:
        """Let *many* follow while the block runs; all have begun before it does."""
        self.waiting = 0
        tasks = [asyncio.create_task(self.follow(path, until)) for _ in range(many)]
        async with asyncio.timeout(60):
            while self.waiting < many:  # noqa: ASYNC110 - they come one by one
                await asyncio.sleep(0.05)
        yield tasks
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)


@asynccontextmanager
async def crowd_before(door: Door) -> AsyncIterator[Crowd]:
    counting = Counting()
    counts = SimplePlugin("counting", interceptors=[counting])
    address = door.temporal.service_client.config.target_host
    client = await connect(door.settings, plugins=[escalation_plugin(), counts], address=address)
    async with (
        httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None)) as http,
        open_door(door.settings, door.mailbox, client) as opened,
    ):
        http.base_url = opened.http.base_url
        yield Crowd(http, counting.asked)


async def all_of(tasks: list[asyncio.Task[bool]]) -> list[bool]:
    async with asyncio.timeout(60):
        return await asyncio.gather(*tasks)


def memory() -> float:
    """Return the memory of this process in MiB: of the service, and of all who follow."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


async def test_very_many_who_follow_one_escalation_share_one_look(door: Door) -> None:
    """Each gets the move; Temporal is asked as for one, and nothing is left when they have gone."""
    await door.start()
    path = f"{API}/escalations/{door.key}/events"
    async with crowd_before(door) as crowd:
        before = len(asyncio.all_tasks()), threading.active_count()
        began = time.monotonic()
        async with crowd.following(path, "event: acknowledged") as tasks:
            during = threading.active_count()
            await door.client.acknowledge(door.key, by="maya")
            heard = await all_of(tasks)
        looks = (time.monotonic() - began) / LOOKS_EVERY + 2
        asked = Counter(crowd.asked)
        after_one = memory()
        async with crowd.following(path, "event: cancelled") as again:
            await door.cancel()
            heard_again = await all_of(again)
        grown = memory() - after_one
        await settled(lambda: len(asyncio.all_tasks()) <= before[0])
        left = Counter(crowd.asked)
        await asyncio.sleep(2 * LOOKS_EVERY)

    assert [True] * MANY == heard == heard_again
    assert asked["describe"] <= looks, asked
    assert asked["query"] <= 4 * looks, asked  # of a look that finds something: the timeline, and the view
    assert during - before[1] < 10
    assert grown < 40
    assert left == crowd.asked  # nobody looks where nobody follows


async def settled(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - connections close one by one
            await asyncio.sleep(0.1)


async def test_very_many_live_pages_share_one_list(door: Door) -> None:
    """Each learns that something has changed; the list is read as for one."""
    async with crowd_before(door) as crowd:
        before = len(asyncio.all_tasks())
        began = time.monotonic()
        async with crowd.following("/live", "event: changed") as tasks:
            await door.start()
            heard = await all_of(tasks)
        looks = (time.monotonic() - began) / 2 + 2
        asked = Counter(crowd.asked)
        await settled(lambda: len(asyncio.all_tasks()) <= before)

    assert [True] * MANY == heard
    assert asked["list"] <= looks, asked
    assert 0 == asked["query"]


async def test_streams_end_when_the_service_stops(door: Door) -> None:
    """At once and in order, so that no restart waits for those who follow."""
    took = list[float]()
    await door.start()
    path = f"{API}/escalations/{door.key}/events"
    async with crowd_before(door) as crowd:
        events = [asyncio.create_task(crowd.follow(path, "event: closed")) for _ in range(20)]
        pages = [asyncio.create_task(crowd.follow("/live", "event: never")) for _ in range(20)]
        await settled(lambda: crowd.waiting == 40)
        streams = asyncio.gather(*events, *pages)
        stopping = time.monotonic()
        streams.add_done_callback(lambda _: took.append(time.monotonic() - stopping))

    assert [False] * 40 == await streams
    assert took[0] < 3


async def test_very_many_pages_of_one_escalation_share_one_look(door: Door) -> None:
    """As those who follow its events do."""
    await door.start()
    seen = (await door.client.timeline(door.key))[-1].seq
    async with crowd_before(door) as crowd:
        began = time.monotonic()
        path = f"/case/{door.key}/live?seen={seen}"
        async with crowd.following(path, "event: changed") as tasks:
            await door.client.add_comment(door.key, by="maya", note="They are angry")
            heard = await all_of(tasks)
        looks = (time.monotonic() - began) / LOOKS_EVERY + 2
        asked = Counter(crowd.asked)

    assert [True] * MANY == heard
    assert asked["describe"] <= looks + 2, asked  # one may end while the next one begins
    assert asked["query"] <= 4 * (looks + 2), asked


async def test_one_caller_has_no_more_streams_than_allowed(door: Door) -> None:
    """The next one is refused in words, on a page and by the API, until one of the others has closed."""
    await door.start()
    events = f"{API}/escalations/{door.key}/events"
    async with crowd_before(door) as crowd:
        async with crowd.following("/live", "event: never", many=MOST_STREAMS):
            page = await crowd.http.get("/live", headers={"cookie": "escalation_as=elena"})
            answer = await crowd.http.get(events, headers={"accept-language": "id"})
        await settled_again(crowd, events)

    assert (429, 429) == (page.status_code, answer.status_code)
    assert f"{MOST_STREAMS} streams of events are open for you here already" in seen(page)
    assert "rate_exceeded" == answer.json()["code"]
    assert f"sudah ada {MOST_STREAMS} aliran peristiwa" in answer.json()["detail"]
    assert page.headers["retry-after"] == answer.headers["retry-after"]


async def settled_again(crowd: Crowd, path: str) -> None:
    """Wait until a stream is taken again."""
    async with asyncio.timeout(20):
        while True:
            async with crowd.http.stream("GET", path) as stream:
                if stream.status_code == 200:
                    return
            await asyncio.sleep(0.1)


def test_a_caller_is_a_key_a_person_who_signed_in_or_an_address() -> None:
    """Anybody can say any name where nobody signs in. A stream that was lost is counted no more."""
    streams, signed_in = OpenStreams(), Mode.SIGNED_IN
    with suppress(ValueError), streams.counted("maya"):
        raise ValueError("the connection is lost")

    assert {} == vars(streams)["_open"]
    assert "10.0.0.7" == name_of_caller(Caller("maya"), "10.0.0.7")
    assert "maya" == name_of_caller(Caller("maya", mode=signed_in), "10.0.0.7")
    assert "key-1" == name_of_caller(Caller("maya", key_id="key-1", mode=signed_in), "10.0.0.7")
