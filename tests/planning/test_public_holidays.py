"""
Public holidays: which countries are known, by which names, and how far.
"""

from datetime import date

import holidays
import pytest

from planning.calendars.public_holidays import (
    estimated_holidays_in,
    holidays_in,
    last_year_of,
    list_countries,
    list_subdivisions,
    suggest_country,
    suggest_subdivision,
)


@pytest.mark.parametrize(
    ("country", "subdivision"),
    [
        ("GB", "ENG"),
        ("ID", None),
        ("TR", None),
        ("US", "CA"),
        ("DE", "BY"),
        ("AX", None),  # takes its holidays from another country's class
    ],
)
def test_holidays_are_those_of_the_package(country: str, subdivision: str | None) -> None:
    """
    CLOCK-5: a country that is loaded by itself has the days that the package's own way gives it.
    """
    expected = holidays.country_holidays(country, subdiv=subdivision, years=2027)

    assert tuple(sorted(expected)) == holidays_in(country, subdivision, 2027)


def test_every_country_of_the_package_is_known_by_two_letters() -> None:
    """
    CLOCK-5: by country and region.
    """
    countries = list_countries()

    assert len(countries) > 200
    assert {len(country) for country in countries} == {2}
    assert {"ENG", "SCT"} <= set(list_subdivisions("GB"))
    assert () == list_subdivisions("SG")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("UK", "GB"),
        ("gb", "GB"),
        ("GBR", "GB"),
        ("Germany", "DE"),
        ("Indonezia", "ID"),
        ("United States", "US"),
        ("", ""),
    ],
)
def test_a_country_by_another_name_is_recognised(given: str, meant: str) -> None:
    """A refusal says what was probably meant."""
    assert meant == suggest_country(given)


def test_a_part_of_a_country_by_another_name_is_recognised() -> None:
    """A refusal says what was probably meant."""
    assert ["ENG", "ENG", "BY", ""] == [
        suggest_subdivision("GB", "England"),
        suggest_subdivision("GB", "eng"),
        suggest_subdivision("DE", "Bayern"),
        suggest_subdivision("SG", "East"),
    ]


def test_data_say_how_far_they_reach_and_what_is_a_guess() -> None:
    """
    CLOCK-5: what goes by the moon is an estimate until it is decreed.
    """
    assert 2100 == last_year_of("GB")
    assert () == estimated_holidays_in("GB", "ENG", 2027)
    assert date(2050, 6, 21) in estimated_holidays_in("ID", None, 2050)
    assert () == holidays_in("GB", "ENG", 2101)
