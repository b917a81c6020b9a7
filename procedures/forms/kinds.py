"""The kinds of fields, by name."""

from ..enums import FieldKind
from .account_kinds import Appointment, Child, Contract
from .choice_kinds import Agreement, Choice, Choices, YesNo
from .composed_kinds import Address, Files, Group
from .number_kinds import Amount, MeterIndex, Number
from .text_kinds import Date, Email, Iban, Info, LongText, Phone, Text

KINDS = {
    FieldKind.SHORT_TEXT: Text(),
    FieldKind.LONG_TEXT: LongText(),
    FieldKind.NUMBER: Number(),
    FieldKind.AMOUNT: Amount(),
    FieldKind.DATE: Date(),
    FieldKind.EMAIL: Email(),
    FieldKind.PHONE: Phone(),
    FieldKind.ADDRESS: Address(),
    FieldKind.CHOICE: Choice(),
    FieldKind.CHOICES: Choices(),
    FieldKind.YES_NO: YesNo(),
    FieldKind.IBAN: Iban(),
    FieldKind.METER_INDEX: MeterIndex(),
    FieldKind.FILES: Files(),
    FieldKind.CONTRACT: Contract(),
    FieldKind.CHILD: Child(),
    FieldKind.APPOINTMENT: Appointment(),
    FieldKind.AGREEMENT: Agreement(),
    FieldKind.INFO: Info(),
    FieldKind.GROUP: Group(),
}
FILES, GROUP = KINDS[FieldKind.FILES], KINDS[FieldKind.GROUP]


def kind_of(field):
    """Return what `field` is."""
    return KINDS[field.kind]
