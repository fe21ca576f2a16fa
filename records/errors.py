"""
Why the record store cannot be used. Each message is complete, and none shows a password.

    RecordsFault
    ├── WrongUrl            what is set names no store that this program can use     (bad input)
    ├── StoreUnreachable    nothing answers there, or it refuses
    ├── StoreBehind         its tables are older than this program
    ├── StoreAhead          its tables are newer than this program
    └── NotStored           it refuses a value: a mistake of this program
"""

from typing import ClassVar


class RecordsFault(Exception):
    """The record store cannot be used; the message says why and what to do."""

    code: ClassVar[str] = "records_fault"


class WrongUrl(RecordsFault):
    code = "wrong_records_url"


class StoreUnreachable(RecordsFault):
    code = "record_store_unreachable"


class StoreBehind(RecordsFault):
    code = "record_store_behind"


class StoreAhead(RecordsFault):
    code = "record_store_ahead"


class NotStored(RecordsFault):
    code = "record_not_stored"
