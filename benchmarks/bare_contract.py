"""Values that travel to and from the bare workflow. The texts are filler, as long as the engine's."""

from datetime import timedelta

from pydantic import BaseModel

from benchmarks.history_shape import Script, Step

WORKFLOW = "Bare"
HEIR = "BareHeir"
QUEUE = "bare"
MESSAGE_QUEUE = "bare-messages"
START = "start"
MOVE = "move"
LAST_MOVE = "close"
PLAN = "bare_plan"
DELIVER = "bare_deliver"


class Begin(BaseModel):
    text: str


class Inherit(BaseModel):
    step: Step
    text: str


class Plan(BaseModel):
    script: Script
    waits: timedelta
    """To the reminder, and again to the rise."""
    text: str


class Ask(BaseModel):
    move: str
    by: str = "maya"
    text: str


class Answer(BaseModel):
    key: str
    text: str


class Batch(BaseModel):
    results: int
    text: str


class Results(BaseModel):
    text: str


class Ended(BaseModel):
    text: str
