"""
Public holidays, from the data of the package ``holidays``.

Owns the countries and parts of countries that are known, and the years that their data cover (CLOCK-5). Knows no
calendar.
"""

from datetime import date
from functools import cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from escalation.kernel.refusals import nearest

_MARK_OF_A_GUESS = "(estimated)"


def list_countries() -> tuple[str, ...]:
    """Return the two letters of each country, as in ISO 3166."""
    return tuple(sorted(_load_modules()))


def list_subdivisions(country: str) -> tuple[str, ...]:
    return tuple(getattr(_class_of(country), "subdivisions", ()))


def suggest_country(given: str) -> str:
    """Return the country that *given* probably means, such as ``UK`` or ``Germany``; empty if none is close."""
    # The registry spells names without spaces: UnitedKingdom, GB, GBR.
    by_name = {name.lower(): country for country, names in _load_registry() for name in names}
    spelled = given.lower().replace(" ", "")
    return by_name.get(spelled) or by_name.get(nearest(spelled, by_name), "")


def suggest_subdivision(country: str, given: str) -> str:
    """Return the part of *country* that *given* probably means, such as ``England``; empty if none is close."""
    aliases = getattr(_class_of(country), "subdivisions_aliases", {})
    by_name = {str(name).lower(): str(code) for name, code in aliases.items()}
    by_name |= {code.lower(): code for code in list_subdivisions(country)}
    return by_name.get(nearest(given, by_name), "")


@cache
def holidays_in(country: str, subdivision: str | None, year: int) -> tuple[date, ...]:
    """Return the public holidays of a known country, by the data of today; none beyond these data."""
    return tuple(sorted(_holidays_of_year(country, subdivision, year)))


@cache
def estimated_holidays_in(country: str, subdivision: str | None, year: int) -> tuple[date, ...]:
    """Return the holidays whose dates may still change, by the moon or by decree."""
    days = _holidays_of_year(country, subdivision, year)
    return tuple(sorted(day for day, name in days.items() if _MARK_OF_A_GUESS in name))


def last_year_of(country: str) -> int:
    """Return the last year of which the country's holidays are known."""
    return int(_class_of(country).end_year)


def _holidays_of_year(country: str, subdivision: str | None, year: int) -> dict[date, str]:
    return dict(_class_of(country)(subdiv=subdivision, years=year, language="en_US"))


@cache
def _load_registry() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each country with all of its names."""
    found = import_module("holidays.registry").COUNTRIES.values()
    return tuple((names[1], names) for names in found)


@cache
def _load_modules() -> dict[str, tuple[str, str]]:
    """Return the module and class of each country."""
    found = import_module("holidays.registry").COUNTRIES
    return {names[1]: (module, names[0]) for module, names in found.items()}


@cache
def _class_of(country: str) -> Any:
    """
    Return the class of a country.

    Loads its file alone: the package's own way imports all 250 countries, which takes longer than a whole playbook.
    """
    module, name = _load_modules()[country]
    package = find_spec("holidays")
    assert package
    assert package.submodule_search_locations
    path = Path(package.submodule_search_locations[0], "countries", f"{module}.py")
    spec = spec_from_file_location(f"_holidays_of_{module}", path)
    assert spec
    assert spec.loader
    loaded = module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return getattr(loaded, name)
