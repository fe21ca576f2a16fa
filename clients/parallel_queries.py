"""
Many runs asked at once: what they answer, and which of them cannot.

One that is stalled, has no worker, or whose key is missing here, holds up none of the others; whoever asked lists it.
It must not know what is asked.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from itertools import islice
from typing import NamedTuple, TypeVar

from encryption.errors import EncryptionFault
from escalation.kernel.counted_nouns import number_of
from escalation.kernel.refusals import EscalationError, Fault
from runtime.errors import NoWorker

AT_ONCE = 20
CannotAnswer = EscalationError | NoWorker | EncryptionFault
_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


class Unanswered(NamedTuple):
    """A run that could not answer."""

    key: str
    why: str

    @classmethod
    def of(cls, key: str, error: CannotAnswer) -> "Unanswered":
        return cls(key, " ".join(str(error).split()))


class NotAllAnswered(EscalationError):
    """Raised at the end: all is done that could be, and these runs could not answer."""

    code = "not_all_answered"

    def __init__(self, unanswered: Iterable[Unanswered]) -> None:
        lines = tuple(unanswered)
        left_out = number_of(len(lines), "could not answer and is", "could not answer and are")
        super().__init__(
            "\n  ".join([f"{left_out} left out:", *(_line(each) for each in lines)]),
            [Fault(where=each.key, given=each.why, allowed="an answer") for each in lines],
        )
        self.unanswered = lines


async def ask_each(
    asked: Iterable[_Asked], ask: Callable[[_Asked], Awaitable[_Answer]], *, at_once: int = AT_ONCE
) -> AsyncIterator[tuple[_Asked, _Answer | CannotAnswer]]:
    """
    Ask each, *at_once* together, and give the answers in the order of *asked*, or why there is none.

    Raises:
        NoServer: If the server itself is away.
        NoWorker: If none of the first ones, or of all, has a worker.
    """

    async def one(each: _Asked) -> _Answer | CannotAnswer:
        try:
            return await ask(each)
        except (EscalationError, NoWorker, EncryptionFault) as error:
            return error

    rest, silent = iter(asked), list[NoWorker]()
    is_somebody_there = False
    while lot := list(islice(rest, at_once)):
        answers = await asyncio.gather(*map(one, lot))
        for each, answer in zip(lot, answers, strict=True):
            if isinstance(answer, NoWorker):
                silent.append(answer)
            else:
                is_somebody_there = True
            yield each, answer
        if len(silent) >= AT_ONCE and not is_somebody_there:
            raise silent[0]
    if silent and not is_somebody_there:
        raise silent[0]


def _line(each: Unanswered) -> str:
    return each.why if each.why.startswith(f"{each.key}:") else f"{each.key}: {each.why}"
