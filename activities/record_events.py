"""
Keep events past Temporal's own retention: one batch of one escalation (RECORD-1).

Says whether a failure may be retried. It must not know tables, nor when events are worth keeping.
"""

import structlog
from pydantic import ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.activity_metrics import count_record_failure, count_recorded
from escalation import contract
from escalation.case.record_batch import RecordBatch, RecordResult
from records.errors import RecordStoreFault
from records.store import RecordStore

log = structlog.get_logger(__name__)


class RecordEvents:
    def __init__(self, store: RecordStore) -> None:
        self._store = store

    @activity.defn(name=contract.RECORD_EVENTS)
    def record_events(self, batch: RecordBatch) -> RecordResult:
        """
        Put *batch* on record. Can be repeated: what is on record already is left as it is.

        Raises:
            ApplicationError: Of the store's code where it cannot be used, to be retried until it can. Not to be
                retried (``record_not_understood``): the record would not begin with the opening.
        """
        try:
            result = self._store.append(batch)
        except RecordStoreFault as fault:
            count_record_failure(fault.code)
            log.warning("events_not_recorded", escalation=batch.escalation, why=str(fault))
            raise ApplicationError(str(fault), type=fault.code) from None
        except ValidationError:
            raise  # written by a newer program: the next attempt may be on a newer worker
        except ValueError as error:
            raise ApplicationError(str(error), type="record_not_understood", non_retryable=True) from None
        count_recorded(len(batch.events))
        return result
