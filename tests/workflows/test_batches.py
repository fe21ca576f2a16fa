"""Batches of notifications that Temporal takes."""

from escalation.kernel.values import CustomerText, to_json
from escalation.notifications.batches import batches_of
from escalation.notifications.notification import CustomerFacts, CustomerNotification, Occasion, message_key
from escalation.policy.classification import Priority
from escalation.policy.people import Recipient


def a_notice(people: int, seq: int = 6, occasion: Occasion = Occasion.CASE_RECEIVED) -> CustomerNotification:
    facts = CustomerFacts(
        reference="ACME/4711", subject=CustomerText("Wet pallets"), priority=Priority.P1, owner="Priya Nair"
    )
    to = tuple(
        Recipient(id=f"ACME:jo{n}@acme.example", name=f"Jo {n}", addresses=(f"email:jo{n}@acme.example",))
        for n in range(people)
    )
    return CustomerNotification(
        escalation="ACME/4711@1", seq=seq, cause=str(seq), occasion=occasion, to=to, facts=facts
    )


def keys_of(*notices: CustomerNotification) -> list[str]:
    return [message_key(notice, recipient) for notice in notices for recipient in notice.to]


def test_what_is_told_together_goes_out_in_one_batch() -> None:
    """
    One activity, whatever the number of notices (design: effects of one decision go out together).
    """
    notices = [a_notice(3), a_notice(2, seq=7, occasion=Occasion.UPDATE)]

    (batch,) = batches_of(notices)

    assert tuple(notices) == batch.notices
    assert [] == list(batches_of([]))


def test_a_notice_to_very_many_goes_out_in_parts_that_fit() -> None:
    """
    A payload above 2 MB would stall the run; nobody is missed or told twice, and every key stays as it was.
    """
    notices = [a_notice(2), a_notice(9_000, seq=7), a_notice(1, seq=8)]

    batches = list(batches_of(notices))

    assert 1 < len(batches)
    assert all(1_000_000 > len(to_json(batch)) for batch in batches)
    sent = [key for batch in batches for notice in batch.notices for key in keys_of(notice)]  # type: ignore[arg-type]
    assert keys_of(*notices) == sent
