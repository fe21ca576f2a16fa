"""
A disk that is full, or nearly, is noticed; and said once.
"""

import asyncio
from pathlib import Path

from runtime import disk


def test_a_disk_with_room_is_no_trouble(tmp_path: Path) -> None:
    """
    The probe leaves nothing behind.
    """
    assert "" == disk.find_disk_fault(tmp_path, little=0)
    assert [] == list(tmp_path.iterdir())


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    """
    Whatever the system says of free space, a write tells.
    """
    (tmp_path / disk.PROBE).symlink_to("/dev/full")

    assert "No space left on device" == disk.find_disk_fault(tmp_path)


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    """
    Also what was unmounted or removed under a running server.
    """
    assert "No such file or directory" == disk.find_disk_fault(tmp_path / "gone")


def test_little_room_is_said_in_numbers(tmp_path: Path) -> None:
    """
    Before it is too late.
    """
    assert "MiB are left" in disk.find_disk_fault(tmp_path, little=1 << 62)


async def test_trouble_is_said_once_and_so_is_its_end(tmp_path: Path) -> None:
    """
    On the terminal of whoever serves.
    """
    state, said = tmp_path / "state", list[str]()
    watching = asyncio.create_task(disk.watch_disk(state, said.append, every=0.02))
    async with asyncio.timeout(5):
        while not said:  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)
        state.mkdir()
        while len(said) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    watching.cancel()

    assert [
        f"Disk       {state}: No such file or directory; make room, or escalations wait (none is lost)",
        f"Disk       {state}: there is room again",
    ] == said
