"""What accepting a case does in the portal: handlers that staff choose from a list. `get(key)` is the way in."""

from . import direct_debit, water
from .base import NONE, Handler, Input, choices, get, known, register

for handler in (
    water.OpenContract(),
    water.TerminateContract(),
    water.RecordReading(),
    direct_debit.CreateMandate(),
):
    register(handler)

__all__ = ["NONE", "Handler", "Input", "choices", "get", "known", "register"]
