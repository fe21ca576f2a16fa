"""The rule of who may look, in the words of either database (IDENTITY-4)."""

from itertools import product

from escalation.policy.sight import Concerned, Sight
from records.data_export import read_escalations
from records.period_report import make_report
from records.report import Period
from records.store import RecordStore
from tests.records.past import filled
from tests.records.test_period_report import AS_OF

PEOPLE: tuple[set[str], ...] = (set(), {"ana"}, {"fay", "finance"}, {"Desk A"}, {"nobody"})
ACCOUNTS: tuple[set[str], ...] = (set(), {"ACME"}, {"Çağ"})
KEYS: tuple[set[str], ...] = (set(), {"ACME"}, {"ACME", "Çağ"})


def test_the_database_says_what_the_rule_says(store: RecordStore) -> None:
    """For each sight: what is read back, and what a report is about, is what `Sight.covers` says of each escalation."""
    filled(store)
    everything = {each["id"]: each for each in read_escalations(store)}
    concerned = {
        id_: Concerned.of(
            (part["who"] for part in each["participants"]), (part["account"] for part in each["customers"])
        )
        for id_, each in everything.items()
    }
    seen = set()
    for sees_all, people, accounts, bound_to in product((True, False), PEOPLE, ACCOUNTS, KEYS):
        sight = Sight(sees_all, frozenset(people), frozenset(accounts), frozenset(bound_to))
        expected = {id_ for id_, whom in concerned.items() if sight.covers(whom)}
        period = Period(sight=sight)
        assert expected == {each["id"] for each in read_escalations(store, period)}, sight
        seen.add(len(expected))
    assert {0, len(everything)} < seen


def test_a_report_is_about_what_may_be_looked_at(store: RecordStore) -> None:
    """Figures, cases, causes and actions alike."""
    filled(store)

    found = make_report(store, Period(sight=Sight(False, frozenset({"nobody"}))), AS_OF)
    some = make_report(store, Period(sight=Sight(False, frozenset({"finance"}))), AS_OF)

    assert found.is_empty
    assert () == (*found.worst, *found.ping_pong, *found.overdue, *found.causes, *found.opened)
    assert (0, 0) == (found.to_do, found.imported)
    assert {"ZOO/3"} == {case.key for case in some.ping_pong}
    assert 1 == some.whole.value("escalations")
