"""Start an escalation with the client. Run `escalate serve` first, then `python examples/start_escalation.py`."""

import asyncio
import sys
from pathlib import Path

from client import EscalationClient
from entrypoints.files import read_model
from escalation.case.request import StartRequest
from escalation.kernel.refusals import EscalationError
from runtime.errors import RuntimeFault
from runtime.process_exit import exit_process


async def main() -> None:
    request = read_model(str(Path(__file__).parent / "complaint.yaml"), StartRequest, "the start")
    client = await EscalationClient.connect()
    receipt = await client.start(request)
    print(f"{receipt.key} is {receipt.state}; {receipt.owner} has it, next update {receipt.next_update_at}")


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except (EscalationError, RuntimeFault) as refused:  # both say in a sentence what to do
        print(refused, file=sys.stderr)
        exit_process(1)
    exit_process(0)
