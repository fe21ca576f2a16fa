"""
Run a campaign of kills: `python -m tests.campaign --lives 300 --kills 70`. Ends with 1 if anything is wrong.
"""

import argparse
import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from runtime.process_exit import exit_process
from tests.campaign.campaign import Orders, Outcome, campaign


def main() -> None:
    given = _arguments()
    orders = Orders(given.lives, given.kills, given.seed)
    with TemporaryDirectory() as name:
        outcome = asyncio.run(campaign(Path(name), orders))
    _tell(outcome)
    exit_process(0 if outcome.is_good else 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--lives", type=int, default=300, help="escalations; default 300")
    parser.add_argument("--kills", type=int, default=70, help="of workers and servers, at most; default 70")
    parser.add_argument("--seed", type=int, default=1, help="of all chance; default 1")
    return parser.parse_args()


def _tell(outcome: Outcome) -> None:
    found = asdict(outcome)
    for name in ("keys", "forces"):
        found["verdict"][name] = len(found["verdict"][name])
    print(json.dumps(found, indent=1))  # noqa: T201


main()
