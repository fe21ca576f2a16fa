"""API keys: kept as digests, beside the record."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from escalation.kernel.refusals import MoveNotAllowed, UnknownName
from identity.api_keys import ApiKey, ApiKeys, KeyRefused
from records.store import RecordStore
from records.tables import ApiKeyRow

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
A_YEAR = timedelta(days=365)


def make(keys: ApiKeys, name: str = "monitoring") -> tuple[ApiKey, str]:
    return keys.create(
        name, "maya", now=NOW, expires_at=NOW + A_YEAR, moves=["start", "acknowledge"], accounts=["ACME"]
    )


def test_a_key_is_found_by_what_the_machine_sends(store: RecordStore) -> None:
    """
    IDENTITY-2: with the person in whose name it acts, and its scopes.
    """
    keys = ApiKeys(store)
    made, written = make(keys)

    assert made == keys.find(written, NOW)
    assert "maya" == made.person
    assert {"start", "acknowledge"} == set(made.moves)
    assert {"ACME"} == set(made.accounts)


def test_no_row_says_the_key(store: RecordStore) -> None:
    """
    IDENTITY-2: whoever reads the database cannot use what is there.
    """
    _, written = make(ApiKeys(store))
    secret = written[len("esc_") + 12 + 1 :]

    with store.database.reading() as db:
        (row,) = db.execute(select(*ApiKeyRow.__table__.columns)).all()
    assert secret not in " ".join(map(str, row))
    assert 64 == len(row.digest)


def test_a_key_has_an_end(store: RecordStore) -> None:
    """
    IDENTITY-2: the refusal names its id, and does not quote it.
    """
    keys = ApiKeys(store)
    made, written = make(keys)

    with pytest.raises(KeyRefused, match=f"{made.id} is expired") as refused:
        keys.find(written, NOW + A_YEAR)
    assert written not in str(refused.value)


def test_a_revoked_key_is_refused_from_then_on(store: RecordStore) -> None:
    """
    IDENTITY-2: and stays in the list.
    """
    keys = ApiKeys(store)
    made, written = make(keys)
    make(keys, "other")

    assert NOW == keys.revoke(made.id, NOW).revoked_at
    with pytest.raises(KeyRefused, match="is revoked"):
        keys.find(written, NOW)
    assert {"revoked", "valid"} == {key.state(NOW) for key in keys.list()}
    with pytest.raises(MoveNotAllowed, match="revoked already"):
        keys.revoke(made.id, NOW)
    with pytest.raises(UnknownName, match="unknown API key"):
        keys.revoke("0123", NOW)


@pytest.mark.parametrize("change", ["id", "secret", "form", "empty"])
def test_what_is_no_key_is_refused(store: RecordStore, change: str) -> None:
    """
    IDENTITY-2: in the same words, whichever part of it is wrong.
    """
    keys = ApiKeys(store)
    _, written = make(keys)
    _, other = make(keys, "other")
    wrong = {
        "id": other[:17] + written[17:],
        "secret": written[:-1] + ("A" if written[-1] != "A" else "B"),
        "form": f"Bearer {written}",
        "empty": "",
    }[change]

    with pytest.raises(KeyRefused, match="the API key is not known here"):
        keys.find(wrong, NOW)
