"""
Errors of the record store. Each message is complete, and none shows a password.

    RecordStoreFault
    ├── WrongUrl            what is set names no store that this program can use     (bad input)
    ├── StoreUnreachable    nothing answers there, or it refuses
    ├── StoreBehind         its tables are older than this program
    ├── StoreAhead          its tables are newer than this program
    └── NotStored           it refuses a value: a mistake of this program
"""

from typing import ClassVar


class RecordStoreFault(Exception):
    """The record store cannot be used; the message says why and what to do."""

    code: ClassVar[str] = "records_fault"


class WrongUrl(RecordStoreFault):
    code = "wrong_records_url"


class StoreUnreachable(RecordStoreFault):
    code = "record_store_unreachable"


class StoreBehind(RecordStoreFault):
    code = "record_store_behind"


class StoreAhead(RecordStoreFault):
    code = "record_store_ahead"


class NotStored(RecordStoreFault):
    code = "record_not_stored"
