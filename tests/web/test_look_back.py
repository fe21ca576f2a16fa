"""*Look back* in the browser: its period, its measures and its groups are words of the reader's language."""

import pytest

from tests.web.test_console import until_seen
from tests.web.web_client import Door, seen

READERS = {
    "en": ("Escalations opened from 2 Jan 2020 on", "With a breach", "Dissatisfied customer"),
    "id": ("Eskalasi yang dibuka sejak 2 Jan 2020", "Dengan tenggat terlewat", "Pelanggan tidak puas"),
    "tr": ("2 Oca 2020 tarihinden itibaren açılan", "Süre aşımı olan", "Memnun kalmayan müşteri"),
}


@pytest.mark.parametrize("language", READERS)
async def test_periods_measures_and_groups_are_words(door: Door, language: str) -> None:
    """
    COMM-9: no code and no English in another language, not in what a measure means either.
    """
    await door.start(reason="dissatisfied_customer")
    chosen = {"escalation_as": "maya", "escalation_language": language}
    period, measure, reason = READERS[language]
    page = await until_seen(door, "/look-back?by=reason&from=2020-01-02", reason, **chosen)
    by_category = await until_seen(door, "/look-back?by=category", "Complaint", **chosen)

    assert period in seen(page)
    assert measure in seen(page)
    assert "dissatisfied_customer" not in page.text
    assert ("Opened in the period." in page.text) == (language == "en")
    assert "complaint<" not in by_category.text
