"""
A short campaign of kills; `python -m tests.campaign` is a long one.
"""

from dataclasses import asdict
from pathlib import Path

from tests.campaign.campaign import Orders, campaign


async def test_kills_stall_nothing_and_leave_no_hole_in_the_record(tmp_path: Path) -> None:
    """
    Each life is replayed to what it showed, is on record without a gap, and its letters have the keys of its record.
    """
    outcome = await campaign(tmp_path, Orders(lives=7, kills=3, seed=7))

    assert outcome.is_good, asdict(outcome)
    assert 7 == outcome.lives
    assert outcome.worker_kills
    assert outcome.moves
    assert outcome.verdict.replayed >= outcome.lives
