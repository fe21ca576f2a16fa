"""
Letters on a terminal.
"""

import asyncio
import io

from channels.console import ConsoleChannel
from channels.protocol import Printed, RetryLater
from tests.channels.builders import a_letter


async def test_letter_is_printed_whole() -> None:
    """COMM-11: the console is a channel like any other."""
    stream = io.StringIO()

    outcome = await ConsoleChannel(stream).send(a_letter(urgent=True))

    assert Printed() == outcome
    assert stream.getvalue() == (
        "To:      Ana Lima (ana@example.com)\n"
        "Thread:  ACME/4711\n"
        "Urgent:  yes\n"
        "Subject: ACME/4711: we are on it\n"
        "\n"
        "    Dear Ana,\n"
        "\n"
        "    we are on it.\n"
        "\n"
    )


async def test_customer_text_can_neither_command_the_terminal_nor_forge_the_frame() -> None:
    """COMM-6: escape sequences, line ends and markup from outside come out as harmless text."""
    stream = io.StringIO()
    letter = a_letter(
        to_name="Eve\x1b[2J\nThread:  OTHER/1",
        subject="hi\r\nUrgent:  yes",
        text="\x1b]8;;https://evil.example\x07click\nTo:      boss\n[bold]not markup[/bold]\u202e",
    )

    await ConsoleChannel(stream).send(letter)

    assert stream.getvalue().splitlines() == [
        "To:      Eve[2J Thread: OTHER/1 (ana@example.com)",
        "Thread:  ACME/4711",
        "Subject: hi Urgent: yes",
        "",
        "    ]8;;https://evil.exampleclick",
        "    To:      boss",
        "    [bold]not markup[/bold]",
        "",
    ]


async def test_terminal_that_lacks_a_letter_shows_a_question_mark() -> None:
    """COMM-12: a poor terminal is no reason not to deliver."""
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")

    outcome = await ConsoleChannel(terminal).send(a_letter(text="Özür"))

    terminal.seek(0)
    assert isinstance(outcome, Printed)
    assert "?z?r" in terminal.read()


async def test_closed_console_asks_to_try_later() -> None:
    """COMM-13: trouble with delivery is an answer, not an exception."""
    stream = io.StringIO()
    stream.close()

    outcome = await ConsoleChannel(stream).send(a_letter())

    assert RetryLater(why="the console does not take text: I/O operation on closed file") == outcome


async def test_letters_of_a_batch_do_not_run_into_each_other() -> None:
    """COMM-11: a batch leaves at once, and each of its letters is printed in one piece."""
    stream = io.StringIO()
    texts = [f"first {number}\nlast {number}" for number in range(50)]

    async with ConsoleChannel(stream).open() as session:
        await asyncio.gather(*(session.send(a_letter(text=text)) for text in texts))

    assert all(f"    first {number}\n    last {number}\n" in stream.getvalue() for number in range(50))
