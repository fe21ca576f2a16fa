"""Each kind of move by its form in a real browser: opened, filled in, previewed, made."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from playwright.async_api import Page, expect

from entrypoints.web.console.move_form import has_form
from escalation.case.lifecycle import Move
from identity.caller import AS_COOKIE
from tests.browser.cases import PLAYBOOK, write_playbook
from tests.web.web_client import Door

APPROVALS = "approvals: {customer_updates: [support_manager, escalation_manager], within: 30 min}\n"
SOON = datetime.now(UTC) + timedelta(days=2)


class Made(NamedTuple):
    """A move, who makes it, and what they write."""

    by: str
    move: Move
    fields: dict[str, str]


def made(by: str, move: Move, **fields: str) -> Made:
    """Double underscores in a name are dots of a path."""
    return Made(by, move, {name.replace("__", "."): value for name, value in fields.items()})


TALK = (
    made("maya", Move.ACKNOWLEDGE),
    made("maya", Move.SEND_UPDATE, customer_text="New goods left"),
    made("priya", Move.EDIT_TEXT, text="New goods left today"),
    made("elena", Move.APPROVE_TEXT),
    made("maya", Move.SEND_UPDATE, customer_text="It is not our fault"),
    made("elena", Move.REJECT_TEXT, why="It is"),
    made("elena", Move.NUDGE_OWNER),
    made("elena", Move.ADD_COMMENT, note="@maya please call"),
    made("maya", Move.MARK_SEEN),
    made("maya", Move.ADD_EVIDENCE, evidence="call", what="Called Jo"),
    made("maya", Move.RECORD_CUSTOMER_MESSAGE, account="ACME", text="It rained in", channel="phone"),
    made("maya", Move.STATE_IMPACT, account="ACME", impact="Empty shops"),
    made(
        "maya",
        Move.ASK_CUSTOMER,
        account="ACME",
        text="How many?",
        what_for="We send them",
        due_at=f"{SOON:%Y-%m-%dT%H:%M}",
    ),
    made("elena", Move.APPROVE_TEXT),
    made("maya", Move.ANSWER_QUESTION, answer="Nine"),
    made("maya", Move.CORRECT_CONTACT, contact="jo@acme.example", name="Joanna Buyer"),
    made("elena", Move.REVOKE_PAGE, contact="jo@acme.example"),
)
WORK = (
    made("maya", Move.TICK_RESPONSE, response="hear the customer out"),
    made("maya", Move.REPORT_TRIGGER, trigger="cannot_solve"),
    made("elena", Move.RAISE_LEVEL, reason="lack_of_authority"),
    made("elena", Move.TRANSFER, to="sofia"),
    made("elena", Move.CHANGE_PRIORITY, priority="P2"),
    made("elena", Move.PAUSE, because="waiting_for_vendor"),
    made("elena", Move.RESUME),
    made("elena", Move.BEGIN_RESOLUTION),
    made("elena", Move.REVISE_PLAN, steps__0__what="Send new goods", steps__0__owner="jonas"),
    made("elena", Move.DEPLOY_TASK_FORCE, name="roof", mission="Close it", lead="hannah"),
    made("elena", Move.STAND_DOWN_TASK_FORCE, name="roof", why="It is closed"),
    made("elena", Move.SETTLE_TICKET, record="INC-1"),
    made("elena", Move.DECLARE_RESOLVED, resolution="fix", done="Sent new goods"),
    made("aisha", Move.REJECT_RESOLUTION, why="They have not arrived"),
)
END = (
    made("elena", Move.DECLARE_RESOLVED, resolution="fix", done="They have arrived"),
    made("aisha", Move.VERIFY_RESOLUTION),
    made("elena", Move.REOPEN, why="One is wet"),
    made("elena", Move.DECLARE_RESOLVED, resolution="fix", done="Sent one more"),
    made("aisha", Move.VERIFY_RESOLUTION),
    made("dewi", Move.CONFIRM_ACCESS, account="ACME", answer="yes"),
    made(
        "kemal", Move.FILE_RCA, rca__root_causes="A worn seal", rca__summary_for_customers="Rain came in",
        rca__corrective_actions__0__what="Replace it", rca__corrective_actions__0__owner="hannah",
        rca__corrective_actions__0__due=f"{SOON:%Y-%m-%d}",
    ),
    made("kemal", Move.DERIVE_RCA),
    made("elena", Move.SEND_BACK_RCA, why="Name the day"),
    made("kemal", Move.DERIVE_RCA),
    made("elena", Move.APPROVE_RCA),
    made("dewi", Move.SHARE_RCA),
    made(
        "elena", Move.FILE_POST_MORTEM, post_mortem__participants="Elena Petrova",
        post_mortem__findings="Nobody looked at the weather",
    ),
    made("hannah", Move.FINISH_ACTION, action="1"),
    made("elena", Move.CLOSE),
    made("maya", Move.ANSWER_SURVEY, account="ACME", score="4"),
)  # fmt: skip
ANOTHER = (
    made("elena", Move.REQUEST_RCA),
    made("elena", Move.DECLARE_RESOLVED, resolution="fix", done="Sent new goods"),
    made("aisha", Move.VERIFY_RESOLUTION),
    made("elena", Move.WAIVE_RCA, why="It is known"),
    made("elena", Move.REOPEN, why="They withdraw it"),
    made("elena", Move.CANCEL, why="They withdrew it"),
)


async def test_each_kind_of_move_is_previewed_and_made(door: Door, page: Page) -> None:
    """
    A move that is added is added to the story, or its form is one that nobody has seen.
    """
    playbook = door.settings.playbook
    before = playbook.read_text()
    write_playbook(playbook.parent, PLAYBOOK + APPROVALS)
    await door.start(linked_tickets=["INC-1"])
    playbook.write_text(before)
    other = door.for_subject(f"{door.key}b")
    await other.start()
    for each in (*TALK, *WORK, *END):
        await _make(page, door, each)
    for each in ANOTHER:
        await _make(page, other, each)

    assert set() == {move for move in Move if has_form(move)} - {
        each.move for each in (*TALK, *WORK, *END, *ANOTHER)
    }


async def _make(page: Page, door: Door, made: Made) -> None:
    await page.context.add_cookies([{"name": AS_COOKIE, "value": made.by, "url": str(door.http.base_url)}])
    await page.goto(f"/case/{door.key}/{made.move}")
    for name, value in made.fields.items():
        field = page.locator(f"[name='{name}']").first
        if not await field.count():
            await page.locator(f"button[name=add][value='{name.partition('.0.')[0]}']").click()
        if await field.evaluate("each => each.tagName") == "SELECT":
            await field.select_option(value)
        else:
            await field.fill(value)
    buttons = page.locator("form.form .buttons").get_by_role("button")
    await buttons.nth(0).click()
    preview = page.get_by_role("region", name="What will happen")
    await expect(preview, f"{made}").to_be_visible()
    await buttons.nth(1).click()
    await expect(page.get_by_role("status").filter(has_text="Done"), f"{made}").to_be_visible()
