"""Writes of the imports: every change to a batch goes through one of these verbs."""

from .batches import (
    abandon,
    attach_archive,
    choose_sheet,
    map_columns,
    purge,
    reopen_columns,
    retry,
    start_apply,
    start_check,
    start_undo,
    upload,
)
from .running import fail, resume_stalled, run

__all__ = [
    "abandon",
    "attach_archive",
    "choose_sheet",
    "fail",
    "map_columns",
    "purge",
    "reopen_columns",
    "resume_stalled",
    "retry",
    "run",
    "start_apply",
    "start_check",
    "start_undo",
    "upload",
]
