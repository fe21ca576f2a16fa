"""The written reference and the code agree."""

import pytest

from entrypoints.reference import FOLDER, pages


@pytest.mark.parametrize("name", ["commands.md", "lifecycle.md", "settings.md"])
def test_reference_is_what_the_code_says(name: str) -> None:
    """
    Run `make docs` after a change of commands, lifecycle or settings.
    """
    assert pages()[name] == (FOLDER / name).read_text(encoding="utf-8")
