"""
Public holidays: which countries are known, by which names, and how far.
"""

from datetime import date

import holidays
import pytest

from planning.days_off import (
    country_meant,
    estimated_in,
    holidays_in,
    known_countries,
    known_subdivisions,
    last_year_of,
    subdivision_meant,
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
    countries = known_countries()

    assert len(countries) > 200
    assert {len(country) for country in countries} == {2}
    assert {"ENG", "SCT"} <= set(known_subdivisions("GB"))
    assert () == known_subdivisions("SG")


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
    """
    What is refused comes with what was probably meant.
    """
    assert meant == country_meant(given)


def test_a_part_of_a_country_by_another_name_is_recognised() -> None:
    """
    What is refused comes with what was probably meant.
    """
    assert ["ENG", "ENG", "BY", ""] == [
        subdivision_meant("GB", "England"),
        subdivision_meant("GB", "eng"),
        subdivision_meant("DE", "Bayern"),
        subdivision_meant("SG", "East"),
    ]


def test_data_say_how_far_they_reach_and_what_is_a_guess() -> None:
    """
    CLOCK-5: what goes by the moon is an estimate until it is decreed.
    """
    assert 2100 == last_year_of("GB")
    assert () == estimated_in("GB", "ENG", 2027)
    assert date(2050, 6, 21) in estimated_in("ID", None, 2050)
    assert () == holidays_in("GB", "ENG", 2101)
