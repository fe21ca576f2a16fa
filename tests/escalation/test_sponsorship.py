"""
Executive sponsorship: proposed, enrolled by a person, kept up by touch-points, reviewed, ended (SPONSOR).
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from escalation.case.effects import ProposeSponsorship
from escalation.case.engine import decide as decide_escalation
from escalation.case.moves.raise_level import RaiseLevel
from escalation.kernel.refusals import MoveNotAllowed, RoleNotAllowed
from escalation.kernel.values import InternalText, from_json, to_json
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import InternalNotification
from escalation.notifications.system_commands import ReportDelivery, Tick
from escalation.policy.classification import EscalationReason
from escalation.policy.people import Contact
from escalation.sponsorship.engine import decide
from escalation.sponsorship.lifecycle import SponsorshipState
from escalation.sponsorship.move_index import AnyEvent, PersonsCommand
from escalation.sponsorship.move_permissions import list_permissions_in_sponsorship
from escalation.sponsorship.moves.enrol import Enrol
from escalation.sponsorship.moves.exit import Exit
from escalation.sponsorship.moves.log_touch_point import LogTouchPoint
from escalation.sponsorship.moves.propose import Propose
from escalation.sponsorship.moves.review import Review
from escalation.sponsorship.playbook_people import PlaybookPeople
from escalation.sponsorship.state import Sponsorship
from escalation.sponsorship.work import SponsorshipDecision
from tests.builders import DAY, an_acknowledged, an_escalation, monday, opening, told
from tests.escalation.plans import a_plan
from tests.said import lines, said

NOW = monday("09:00")
SPONSOR = Contact(id="vera", name="Vera", addresses=("email:vera@example.com",))
ED = Contact(id="ed", name="Ed", roles=("executive",))
KNOWN = PlaybookPeople(people=(ED, SPONSOR))
ANSWERED_FOR = PlaybookPeople(managers=(ED, SPONSOR))
EXIT = Exit(by="vera", why=InternalText("half a year without an escalation"))
TOUCH = LogTouchPoint(by="vera", note=InternalText("called the director"))


def terms(**changes: Any) -> Enrol:
    return Enrol.model_validate(
        {
            "by": "ed",
            "sponsor": "vera",
            "duties": ["Call the customer's director"],
            "entry_criteria": ["Three P1 in a quarter"],
            "measures": ["No P1 in a quarter"],
            "exit_criteria": ["Two quarters without P1"],
            "every_days": 30,
            "review_on": NOW.date() + timedelta(days=90),
        }
        | changes
    )


def proposed(escalation: str = "") -> Sponsorship:
    propose = Propose(by="ed", why=InternalText("three P1"), escalation=escalation)
    return decide(Sponsorship(account="ACME"), propose, NOW).state


def enrolled(**changes: Any) -> Sponsorship:
    return decide(proposed(), terms(**changes), NOW, KNOWN).state


def failed(recipient: str, occasion: str) -> ReportDelivery:
    why = "550 no such mailbox"
    return ReportDelivery(results=(DeliveryResult(key="k", recipient=recipient, occasion=occasion, why=why),))


def days(count: float) -> datetime:
    return NOW + count * DAY


def occasions(answer: SponsorshipDecision) -> list[str]:
    return [f"{notice.occasion}: {notice.to[0].id}" for notice in answer.effects]


def test_a_proposal_waits_for_a_person() -> None:
    """
    SPONSOR-2: nothing falls due; the same escalation proposes once.
    """
    once = proposed("ACME/1@1")
    twice = decide(once, Propose(by="engine", why=InternalText("again"), escalation="ACME/1@1"), NOW)
    by_hand = decide(once, Propose(by="ed", why=InternalText("and by me")), NOW)

    assert (SponsorshipState.PROPOSED, None) == (once.standing, once.wake_at)
    assert (1, 2) == (len(twice.state.proposals), len(by_hand.state.proposals))


def test_a_proposal_by_a_person_is_told_to_those_who_decide() -> None:
    """
    SPONSOR-2: but not to who made it, nor of an account that is in; an escalation has told its managers itself.
    """
    by_hand = Propose(by="ed", why=InternalText("they complain in public"))
    known = replace(ANSWERED_FOR, people=(ED,))

    told = decide(Sponsorship(account="ACME"), by_hand, NOW, known)
    (notice,) = told.effects

    assert ["sponsorship_proposed: vera"] == occasions(told)
    assert ("Ed", by_hand.why, "ACME") == (notice.facts.by, notice.facts.text, notice.facts.account)
    assert () == decide(enrolled(), by_hand, NOW, known).effects
    assert (
        ()
        == decide(
            Sponsorship(account="ACME"), by_hand.model_copy(update={"escalation": "ACME/1@1"}), NOW, known
        ).effects
    )


def test_enrolment_says_who_why_for_how_long_and_what_for() -> None:
    """
    SPONSOR-1: the sponsor is told, and the first touch-point and the review have due times.
    """
    answer = decide(proposed(), terms(), NOW, KNOWN)
    programme = answer.state

    assert ["sponsor_enrolled: vera"] == occasions(answer)
    assert (SponsorshipState.ENROLLED, SPONSOR, terms().terms) == (
        programme.standing,
        programme.sponsor,
        programme.terms,
    )
    assert (days(30), days(90)) == (programme.touch_due_at, programme.review_due_at)
    assert days(28) == programme.wake_at


@pytest.mark.parametrize(
    "missing", ["sponsor", "duties", "entry_criteria", "measures", "exit_criteria", "every_days", "review_on"]
)
def test_an_enrolment_lacks_nothing(missing: str) -> None:
    """
    SPONSOR-1.
    """
    given = terms().model_dump(mode="json")
    del given[missing]

    with pytest.raises(ValidationError, match=missing):
        Enrol.model_validate(given)


def test_the_sponsor_is_reminded_before_at_and_after_the_due_time() -> None:
    """
    SPONSOR-1: two days before, when it is due, then week by week, until it is done.
    """
    now, story = enrolled(), []
    for day in range(29, 46):
        while now.wake_at and now.wake_at <= days(day):
            at = now.wake_at
            answer = decide(now, Tick(), at)
            story.append(((at - NOW) / DAY, *occasions(answer)))
            now = answer.state

    expected = "touch_point: vera"
    assert [(28.0, expected), (30.0, expected), (37.0, expected), (44.0, expected)] == story


def test_a_touch_point_puts_the_next_one_a_cadence_away() -> None:
    """
    SPONSOR-1: from when it was done, not from when it was due.
    """
    touched = decide(enrolled(), TOUCH, days(20)).state

    assert ("called the director", days(50), days(48)) == (
        touched.touch_points[0].text,
        touched.touch_due_at,
        touched.wake_at,
    )


def test_reminders_missed_in_downtime_speak_as_one() -> None:
    """
    CLOCK-6: nothing comes in a burst.
    """
    late = decide(enrolled(), Tick(), days(200))

    assert ["touch_point: vera", "sponsorship_review: vera"] == occasions(late)
    assert days(202) == late.state.wake_at  # of the review, week by week from day 90


def test_a_review_is_recorded_and_says_when_the_next_one_is() -> None:
    """
    SPONSOR-1.
    """
    review = Review(by="ed", findings=InternalText("one P1"), next_review_on=date(2027, 6, 1))

    reviewed = decide(enrolled(), review, days(88)).state

    assert ("one P1", "2027-06-01 09:00") == (
        reviewed.reviews[0].text,
        f"{reviewed.review_due_at:%Y-%m-%d %H:%M}",
    )


def test_an_exit_ends_everything_and_the_sponsor_is_told() -> None:
    """
    SPONSOR-1: a proposal that is declined ends too, and nobody has to be told.
    """
    ended = decide(enrolled(), EXIT, days(20))
    declined = decide(proposed(), EXIT, NOW)

    assert (["sponsorship_ended: vera"], None) == (occasions(ended), ended.state.wake_at)
    assert ([], SponsorshipState.EXITED) == (occasions(declined), declined.state.standing)


@pytest.mark.parametrize(
    ("programme", "command", "said"),
    [
        (proposed(), TOUCH, "cannot record a touch-point while proposed; allowed now: propose, enrol, exit"),
        (enrolled(), terms(), "cannot enrol because ACME is enrolled already"),
        (proposed(), terms(review_on=NOW.date()), "the review date 2026-03-02 has passed"),
        (decide(enrolled(), EXIT, NOW).state, TOUCH, "it has ended; allowed now: propose it again"),
    ],
)
def test_what_cannot_be_is_refused(programme: Sponsorship, command: PersonsCommand, said: str) -> None:
    """
    SPONSOR-1: with the way out; nothing has changed.
    """
    with pytest.raises(MoveNotAllowed, match=said):
        decide(programme, command, NOW, KNOWN)


def test_a_sponsor_whom_nobody_can_tell_is_refused() -> None:
    """
    SPONSOR-1.
    """
    with pytest.raises(MoveNotAllowed, match="vera has no address"):
        decide(proposed(), terms(), NOW, PlaybookPeople(people=(Contact(id="vera", name="Vera"),)))


@pytest.mark.parametrize(
    ("programme", "command", "what"),
    [(proposed(), terms(by="vera"), "enrol"), (proposed(), EXIT, "exit"), (enrolled(), EXIT, "exit")],
)
def test_who_decides_the_playbook_says(programme: Sponsorship, command: PersonsCommand, what: str) -> None:
    """
    SPONSOR-2, ROLE-2: who takes an account in, and lets it go, has one of these roles; the refusal names them.
    """
    known = replace(KNOWN, deciders=("executive", "escalation_manager"))

    with pytest.raises(RoleNotAllowed) as refused:
        decide(programme, command, NOW, known)

    whole = f"sponsorship:ACME: Vera may not {what}; roles that may: executive, escalation_manager"
    assert whole == refused.value.message
    assert (
        decide(programme, command.model_copy(update={"by": "ed"}), NOW, known).state.standing
        != programme.standing
    )
    assert 1 == len(decide(enrolled(), TOUCH, NOW, known).state.touch_points), "everybody known may"


def test_what_cannot_be_delivered_is_kept_and_raised_to_a_person() -> None:
    """
    COMM-13, RECORD-1: to those who answer for sponsorships, after the exit and in the next sponsorship, too; that they
    were not told is only kept.
    """
    for programme in (enrolled(), decide(enrolled(), EXIT, NOW).state, proposed()):
        answer = decide(programme, failed("vera", "touch_point"), NOW, ANSWERED_FOR)
        again = decide(answer.state, failed("ed", "undeliverable"), NOW, ANSWERED_FOR)

        assert ["undeliverable: ed"] == occasions(answer)
        assert ("touch point to vera did not arrive: 550 no such mailbox",) == lines(
            answer.effects[0].facts.items
        )
        assert ([], ["vera", "ed"]) == (occasions(again), [each.by for each in again.state.undelivered])


def test_a_touch_point_that_is_chased_in_vain_is_told_to_those_who_answer_for_it() -> None:
    """
    SPONSOR-1, COMM-13: with the third reminder after it was due, and with each one from then on.
    """
    now, story = enrolled(), []
    for _ in range(6):
        assert now.wake_at
        answer = decide(now, Tick(), now.wake_at, ANSWERED_FOR)
        story.append(((now.wake_at - NOW) / DAY, "touch_point: ed" in occasions(answer)))
        now = answer.state

    assert [(28, False), (30, False), (37, False), (44, False), (51, True), (58, True)] == story


def test_the_review_is_reminded_of_until_it_is_made() -> None:
    """
    SPONSOR-1: with the measures of success, two days before, on its day, and week by week.
    """
    now, story = enrolled(every_days=366), []
    for _ in range(3):
        assert now.wake_at
        answer = decide(now, Tick(), now.wake_at)
        story.append((f"{now.wake_at:%d %b %H:%M}", occasions(answer), answer.effects[0].facts.items))
        now = answer.state

    what = (["sponsorship_review: vera"], ("No P1 in a quarter",))
    assert [("29 May 09:00", *what), ("31 May 09:00", *what), ("07 Jun 09:00", *what)] == story


def test_every_state_survives_json() -> None:
    """
    SPONSOR-1: a programme lives for years, over many runs.
    """
    for programme in (proposed("x"), enrolled(), decide(enrolled(), EXIT, NOW).state):
        assert programme == from_json(Sponsorship, to_json(programme))


def test_a_sponsorship_is_what_its_events_make_of_it() -> None:
    """
    SPONSOR-1, KIND-4: each step is an event with a sentence, and nothing else changes the state.
    """
    review = Review(by="ed", findings=InternalText("one P1"), next_review_on=date(2027, 6, 1))
    steps = (
        (Propose(by="ed", why=InternalText("three P1")), 0),
        (terms(), 0),
        (Tick(), 29),
        (Tick(), 31),
        (Tick(), 37),
        (TOUCH, 40),
        (failed("vera", "touch_point"), 40),
        (review, 41),
        (EXIT, 42),
    )
    now, events = Sponsorship(account="ACME"), list[AnyEvent]()
    for command, day in steps:
        answer = decide(now, command, days(day), KNOWN)
        now, events = answer.state, [*events, *answer.events]

    made = Sponsorship(account="ACME")
    for event in events:
        made = event.applied_to(made).with_event_counted(event)
    assert now == made
    assert [
        "ed proposed the account",
        "ed enrolled the account, sponsored by Vera",
        "touch-point clock started, due 2026-04-01 09:00 UTC",
        "sponsorship review clock started, due 2026-05-31 09:00 UTC",
        "reminder: touch-point is due soon",
        "touch-point breached, was due 2026-04-01 09:00 UTC",
        "touch-point still overdue, brought up again",
        "vera recorded a touch-point",
        "touch-point clock breached 10 d 0 h late",
        "touch-point clock started, due 2026-05-11 09:00 UTC",
        "touch point to vera did not arrive: 550 no such mailbox",
        "ed recorded a review",
        "sponsorship review clock met",
        "sponsorship review clock started, due 2027-06-01 09:00 UTC",
        "vera ended the sponsorship",
        "touch-point clock cancelled",
        "sponsorship review clock cancelled",
    ] == [said(event.sentence()) for event in events]


def test_an_executive_escalation_proposes_its_accounts() -> None:
    """
    SPONSOR-2: at its start, and when it becomes one.
    """
    started = opening(reason="executive_threat")
    threat = RaiseLevel(by="ana", reason=EscalationReason.EXECUTIVE_THREAT)
    became = decide_escalation(an_acknowledged(), threat, monday("09:10"))

    for decision in (started, became):
        proposals = [each for each in decision.effects if isinstance(each, ProposeSponsorship)]
        assert [(("ACME",), decision.state.id)] == [(p.accounts, p.escalation) for p in proposals]


def test_the_sponsor_is_a_stakeholder_of_the_accounts_escalations() -> None:
    """
    SPONSOR-2: whatever its priority; told from the start, known by name, and pinned with the plan.
    """
    plan = a_plan().sponsored_by((SPONSOR,))
    decision = opening(plan=plan)
    first = next(
        each
        for each in decision.effects
        if isinstance(each, InternalNotification) and each.occasion == "first_notification"
    )

    assert ("vera",) == plan.sponsors
    assert all("vera" in rules.stakeholders for rules in plan.priorities.values())
    assert "vera" in [recipient.id for recipient in first.to]
    assert "vera" in an_escalation(plan=plan).unnotified
    assert any("vera" in line for line in told(decision))
    assert a_plan() == a_plan().sponsored_by(())


def test_who_may_not_decide_reads_so_beforehand_with_the_names_of_those_who_may() -> None:
    """
    SPONSOR-2: nobody named sees what somebody may; an ended one can be proposed again.
    """
    known = replace(KNOWN, deciders=("executive",), managers=(ED,))
    enrolled = decide(Sponsorship(account="ACME"), terms(), NOW, KNOWN).state
    ended = decide(enrolled, EXIT, NOW, KNOWN).state

    def forbidden(now: Sponsorship, by: str | None) -> dict[str, str]:
        found = list_permissions_in_sponsorship(now, by, known)
        return {each.move.value: said(each.obstacle) for each in found if each.obstacle}

    assert {"enrol"} == forbidden(enrolled, "ed").keys() == forbidden(enrolled, None).keys()
    assert "Vera may not exit; who may: Ed" in forbidden(enrolled, "vera")["exit"]
    assert {"enrol", "log_touch_point", "review", "exit"} == forbidden(ended, "ed").keys()
