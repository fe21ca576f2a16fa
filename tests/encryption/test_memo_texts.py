"""
Texts of memos are shown from memory, and not once they may be erased.
"""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest
from temporalio.api.common.v1 import Memo
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.client import WorkflowExecution
from temporalio.converter import DataConverter

from clients.memo_texts import MemoTexts
from encryption.errors import DataKeysAway, KeyErased
from encryption.payload_codec import EncryptionCodec
from tests.encryption.test_data_key_store import SAID, Clock, codec_for, opened

TEXT = "Second delivery in a row is damaged"


def test_an_erased_text_is_shown_for_a_second_at_most(tmp_path: Path) -> None:
    asyncio.run(read_before_and_after_an_erasure(tmp_path))


async def read_before_and_after_an_erasure(folder: Path) -> None:
    clock = Clock()
    with closing(opened(folder)) as elsewhere, closing(opened(folder, clock=clock)) as keys:
        run = execution_of(Memo(fields={"subject": (await codec_for(keys, "ACME/4711").encode([SAID]))[0]}))
        texts = MemoTexts(DataConverter(payload_codec=EncryptionCodec(keys.ring, keys)))
        assert TEXT == await texts.read(run, "subject")
        assert "" == await texts.read(run, "words")

        elsewhere.destroy([elsewhere.current("ACME/4711").name], "ana")
        assert TEXT == await texts.read(run, "subject")
        clock.now += 1.1
        with pytest.raises(KeyErased):
            await texts.read(run, "subject")


def test_no_text_is_shown_while_nobody_can_tell_whether_it_is_erased(tmp_path: Path) -> None:
    asyncio.run(read_while_keys_are_away(tmp_path))


async def read_while_keys_are_away(folder: Path) -> None:
    clock = Clock()
    (there := folder / "there").mkdir()
    with closing(opened(there, clock=clock)) as keys:
        run = execution_of(Memo(fields={"subject": (await codec_for(keys, "ACME/4711").encode([SAID]))[0]}))
        texts = MemoTexts(DataConverter(payload_codec=EncryptionCodec(keys.ring, keys)))
        assert TEXT == await texts.read(run, "subject")
        keys.close()
        there.rename(folder / "away")
        clock.now += 10.0
        assert TEXT == await texts.read(run, "subject")
        clock.now += 1.1
        with pytest.raises(DataKeysAway):
            await texts.read(run, "subject")


def execution_of(memo: Memo) -> WorkflowExecution:
    return WorkflowExecution._from_raw_info(WorkflowExecutionInfo(memo=memo), "default", DataConverter())
