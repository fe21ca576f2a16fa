"""The names of the moves of an escalation, which permissions and refusals use."""

from enum import StrEnum


class Move(StrEnum):
    BEGIN_COMMUNICATION = "begin_communication"
    BEGIN_RESOLUTION = "begin_resolution"
    DECLARE_RESOLVED = "declare_resolved"
    REJECT_RESOLUTION = "reject_resolution"
    VERIFY_RESOLUTION = "verify_resolution"
    REOPEN = "reopen"
    CLOSE = "close"
    CANCEL = "cancel"
    ACKNOWLEDGE = "acknowledge"
    RAISE_LEVEL = "raise_level"
    TRANSFER = "transfer"
    REPORT_TRIGGER = "report_trigger"
    TICK_RESPONSE = "tick_response"
    CHANGE_PRIORITY = "change_priority"
    PAUSE = "pause"
    RESUME = "resume"
    REVISE_PLAN = "revise_plan"
    SEND_UPDATE = "send_update"
    CONFIRM_ACCESS = "confirm_access"
    SETTLE_RECORD = "settle_record"
    REQUEST_RCA = "request_rca"
    FILE_RCA = "file_rca"
    DERIVE_RCA = "derive_rca"
    APPROVE_RCA = "approve_rca"
    SHARE_RCA = "share_rca"
    WAIVE_RCA = "waive_rca"
    REBASE = "rebase"
    DEPLOY_TASK_FORCE = "deploy_task_force"
    STAND_DOWN_TASK_FORCE = "stand_down_task_force"
    RECORD_SURVEY = "record_survey"
    FILE_POST_MORTEM = "file_post_mortem"
    FINISH_ACTION = "finish_action"
    JOIN_OUTAGE = "join_outage"
    APPROVE_TEXT = "approve_text"
    EDIT_TEXT = "edit_text"
    REJECT_TEXT = "reject_text"
    CORRECT_CONTACT = "correct_contact"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ").replace("rca", "RCA").replace("post mortem", "post-mortem")
