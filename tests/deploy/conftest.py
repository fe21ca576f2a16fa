"""
Operators' tools. Each is asked for by one clear line: a test that needs one must not be left out quietly.
"""

import shutil
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"


def tool(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"{name} is needed: Debian's package {package} has it", pytrace=False)
    return found
