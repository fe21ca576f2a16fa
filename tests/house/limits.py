"""The limit and the aim of each figure, and the lists that the measures go by."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    now: float
    aim: float
    is_floor: bool = False
    """True if more is better."""

    def is_kept_by(self, value: float) -> bool:
        return value >= self.now if self.is_floor else value <= self.now

    def is_reached_by(self, value: float) -> bool:
        return value >= self.aim if self.is_floor else value <= self.aim


LIMITS = {
    # The aim is that of the process alone. What a new feature adds raises the limit, by no more than that.
    "product lines": Limit(76_391, 36_000),
    "comment share, % of lines": Limit(0.9, 3, is_floor=True),
    "median function, lines": Limit(7, 9),
    "median file, lines": Limit(300, 300),
    "functions over 60 lines": Limit(0, 0),
    "files over 400 lines": Limit(0, 0),
    "cited rule ids that are not stated": Limit(0, 0),
    "unchecked changes of records": Limit(0, 0),
    "regular expressions over own text": Limit(0, 0),
    "ids cut by hand": Limit(0, 0),
    "wire names defined twice": Limit(0, 0),
    "rooms in an import cycle": Limit(0, 0),
    "file names that mean two things": Limit(0, 0),
    "files named by a gerund or participle": Limit(0, 0),
    "docstrings that begin with a clause or pronoun": Limit(0, 0),
    "the same in tests, benchmarks, examples": Limit(0, 0),
    "words of the old dialect": Limit(0, 0),
}
"""The values now, and the aims. A value may get better, never worse."""

RECORDS = ("escalation", "workflows")
"""Folders that make and change state, events, effects and notifications."""

TEXT_OF_OTHERS = {
    "planning/": "playbooks, calendars and tables that people wrote",
    "channels/": "answers of services, and customers' text that is made harmless",
    "runtime/": "the environment and the Temporal client's errors",
    "documents/": "papers that people edit",
    "entrypoints/": "options, requests and pages",
    "messages/": "templates, and customers' text",
    "delivery/attachments.py": "customers' names, for file names",
    "privacy/": "texts of people in which somebody is named",
    "records/": "errors and drawings of libraries",
    "workflows/web_ui.py": "customers' text that is made harmless for the Web UI",
    "escalation/": "keys, spans, addresses and texts that people gave",
}
"""The owners of the texts that regular expressions and date formats of a folder or file read."""

OWN_TEXT = (
    '"%Y-%m-%d %H:%M UTC"',
    'strptime(text, "%Y-%m-%d")',
    're.sub(r"\\\\{\\\\}"',
    '"; allowed now: "',
    "rpartition(_ALLOWED)",
    '" is refused:"',
    "_INSTANT = re",
    "_TOLD_TWICE = re",
    'definition.rpartition(". ")',
    'entry.text.partition(": ")',
    "_WHERE = re",
    "letter.subject).partition",
)
"""Code that takes a text apart that we made ourselves: each goes once the text is data until it is shown."""

NAMED_AFTER_OTHERS = {
    "entrypoints/cli/commands/": "the word that is typed: `escalate rca show` and `escalate plan show`",
    "entrypoints/cli/render/": "what it draws",
}
"""Folders whose files have the names of something else, and of what. Such a name is no twin of the other's."""

SAME_IDEA = {
    "__init__": "what a package owns",
    "errors": "the errors that a room raises",
    "state": "the state of a process",
    "events": "the events of a process",
    "commands": "the commands of a process",
    "clock_table": "the clocks of a process",
    "lifecycle": "the states of a process and its moves",
    "engine": "how a process decides",
    "move_index": "the moves of a process",
    "delivery_report": "what became of the messages of a process",
    "propose": "the proposal of an account",
    "enrol": "the enrolment of an account",
    "wanted_moves": "the moves that a process waits for",
    "work": "one decision in the making",
    "view": "how a process stands, as a reader sees it",
    "outdated_notifications": "which notifications of a process are no longer true when they leave",
    "base_event": "what all events of a process have",
    "state_changes": "what several events of a process do to its state",
    "follow_up": "what goes on after an escalation has ended: its rules, and their workflow",
    "channel_limit": "how many messages a channel takes, from all workers together: the rules, and their workflow",
    "inbox": "the deferred messages of one recipient",
    "report": "the figures of a period",
    "move_permissions": "the moves that somebody may make in a process, and why not the others",
    "merge": "the union of two escalations",
    "on_call": "who answers for a rota",
    "task_forces": "the people who work on one escalation together",
}
"""File names that stand in several rooms with one meaning, and that meaning."""

OLD_DIALECT = re.compile(
    r"\b(?:anew|mends?|mended|reckon\w*|heirs?|vouchers?|rungs?|foresee\w*|not_yet_notified|strangers?)\b",
    re.IGNORECASE,
)
