"""States that a resident reads: a label, a tone and an icon, declared once and shown alike on every screen."""

from django.db import models


class State(str, models.Choices):
    """Base of the `enums.py` of each app: `TO_PAY = "to_pay", "warning", "clock", _("À payer")`.

    Members are strings for the database, with `.label`, `.tone` (info, success, warning, danger, neutral) and
    `.icon` (a heroicons name). `{% state_chip %}` and `{% legend %}` draw them.
    """

    def __new__(cls, value, tone, icon):
        member = str.__new__(cls, value)
        member._value_ = value
        member.tone = tone
        member.icon = icon
        return member

    # In an address or a log line a state is its value, as a TextChoices is: `f"?state={State.SENT}"`.
    __str__ = str.__str__
    __format__ = str.__format__
