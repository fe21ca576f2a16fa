"""The address of every page that people open, by the name under which a picture of it is kept."""

from escalation.notifications.links import Link, PageLink, Question, reader_of
from escalation.policy.people import Recipient
from tests.browser.cases import CLOSED, CLOSING, FORCE, LATE, PAUSED, SPONSORED, VERIFYING, WORKED_ON
from tests.web.web_client import Door

_CASE = f"/case/{WORKED_ON}"
PAGES = {
    "for-me": "/",
    "who": "/?who=1",
    "all": "/all",
    "all-filtered": "/all?words=delivery",
    "all-empty": "/all?words=nothing+like+it",
    "start": "/start",
    "case": _CASE,
    "case-conversation": f"{_CASE}?show=conversation",
    "case-everything": f"{_CASE}?show=all",
    "case-late": f"/case/{LATE}",
    "case-paused": f"/case/{PAUSED}",
    "case-verifying": f"/case/{VERIFYING}",
    "case-closing": f"/case/{CLOSING}",
    "case-closed": f"/case/{CLOSED}",
    "case-unknown": "/case/NOBODY/1",
    "message-unknown": f"{_CASE}/messages/0",
    "outlook": f"{_CASE}/outlook",
    "rebase": f"{_CASE}/rebase",
    "move-short": f"{_CASE}/acknowledge",
    "move-for-customers": f"{_CASE}/send_update",
    "move-with-groups": f"{_CASE}/deploy_task_force",
    "move-rca": f"/case/{CLOSING}/file_rca",
    "move-from-rca": f"/case/{CLOSING}/derive_rca",
    "move-verdict": f"/case/{VERIFYING}/verify_resolution",
    "task-force": f"{_CASE}/task-force/{FORCE}",
    "task-force-move": f"{_CASE}/task-force/{FORCE}/report_status",
    "sponsorships": "/sponsorships",
    "sponsorship": f"/sponsorships/{SPONSORED}",
    "sponsorship-move": f"/sponsorships/{SPONSORED}/review",
    "look-back": "/look-back?by=category",
    "playbook": "/playbook",
    "simulate": "/playbook/simulate?category=customer_service_requests/complaint&priority=P2",
    "on-call": "/playbook/on-call",
    "coverage": "/playbook/coverage",
    "changes": "/playbook/changes",
    "settings": "/settings",
    "audit-log": "/settings/audit-log?verify=1",
}
"""Pages of our own people."""


async def pages_by_link(door: Door) -> dict[str, str]:
    """Return the pages to which links in messages lead, and one that shows a message."""
    ids = {key: (await door.client.view(key)).id for key in (WORKED_ON, LATE, CLOSING, CLOSED)}
    force = (await door.client.task_force(WORKED_ON, FORCE)).id
    jo, gil = (
        _contact(ids[WORKED_ON], "ACME:jo.buyer@acme.example"),
        _contact(ids[CLOSING], "HOOLI:gil.berg@hooli.example"),
    )
    jo_before = _contact(ids[CLOSED], "ACME:jo.buyer@acme.example")
    links: dict[str, Link | PageLink] = {
        "customer": PageLink(escalation=ids[WORKED_ON], reader=jo),
        "customer-after": PageLink(escalation=ids[CLOSED], reader=jo_before),
        "answer-acknowledge": Link(question=Question.ACKNOWLEDGE, escalation=ids[LATE], who="priya"),
        "answer-seat": Link(question=Question.SEAT, escalation=force, who="rafael"),
        "answer-access": Link(question=Question.ACCESS, escalation=ids[CLOSING], who=gil, account="HOOLI"),
        "answer-survey": Link(
            question=Question.SURVEY, escalation=ids[CLOSED], who=jo_before, account="ACME"
        ),
    }
    made = {name: door.links.address(link, base_url="") for name, link in links.items()}
    letter = next(each for each in await door.client.messages(CLOSED) if each.occasion == "resolved")
    read = {"message": f"/case/{CLOSED}/messages/{letter.id}"}
    return made | read | {"answer-nothing": "/answer/no-link-of-ours"}


def _contact(escalation: str, id_: str) -> str:
    return reader_of(escalation, Recipient(id=id_, name="", addresses=()))
