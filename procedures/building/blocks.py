"""What a form is built from in the editor: steps that hold fields. `services.versions` turns it into a Definition.

The names of blocks are stored: never rename one. What becomes of a case is built from `handling_blocks`.
"""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup
from wagtail.snippets.blocks import SnippetChooserBlock

from cms.blocks import SHORT_FEATURES

from ..enums import FieldKind, Operator, Prefill
from .key_blocks import AnswerBlock, EarlierQuestionBlock, KeyBlock


class RuleBlock(blocks.StructBlock):
    field = EarlierQuestionBlock(max_length=60, label=_("Question placée avant"), help_text=_("Sa clé."))
    operator = blocks.ChoiceBlock(choices=Operator.choices, default=Operator.IS, label=_("Comparaison"))
    value = AnswerBlock(
        required=False,
        max_length=200,
        label=_("Valeur"),
        help_text=_("La clé d’une réponse, un nombre, ou une date (2026-01-31)."),
    )

    class Meta:
        icon = "view"
        label = _("Règle")
        label_format = "{field} {operator} {value}"
        form_classname = "struct-block rule-block"


class ConditionBlock(blocks.StructBlock):
    rules = blocks.ListBlock(RuleBlock(), default=[], min_num=0, label=_("Règles"))
    any_of = blocks.BooleanBlock(required=False, label=_("Une seule règle suffit"))

    class Meta:
        icon = "view"
        label = _("Affiché seulement si")
        label_format = "{rules}"
        form_classname = "struct-block condition-block"
        collapsed = True


LIMITS = ("minimum", "maximum", "pattern", "pattern_message")


class FieldBlock(blocks.StructBlock):
    """What every field has. Subclasses set `kind`."""

    kind = None

    def get_form_layout(self):
        """What every question needs first; its limits, folded away; when it is shown, last."""
        names = list(self.child_blocks)
        limits = [name for name in LIMITS if name in names]
        first = [name for name in names if name not in limits and name != "condition"]
        groups = [BlockGroup(limits, heading=_("Limites"), classname="collapsed", icon="cog")] if limits else []
        return BlockGroup([*first, *groups, "condition"])

    class Meta:
        label_format = "{label}"

    label = blocks.CharBlock(max_length=200, label=_("Question"))
    key = KeyBlock()
    help = blocks.CharBlock(required=False, max_length=300, label=_("Aide"))
    required = blocks.BooleanBlock(required=False, default=True, label=_("Réponse obligatoire"))
    condition = ConditionBlock()


def prefill_block(*choices):
    """Return the choice of what of the account fills in a field."""
    kept = [(value, label) for value, label in Prefill.choices if value and value in choices]
    return blocks.ChoiceBlock(choices=kept, required=False, label=_("Pré-remplie avec"))


def bound(label, **kwargs):
    return blocks.CharBlock(required=False, max_length=20, label=label, **kwargs)


class ShortTextBlock(FieldBlock):
    kind = FieldKind.SHORT_TEXT
    prefill = prefill_block(
        Prefill.FIRST_NAME,
        Prefill.LAST_NAME,
        Prefill.FULL_NAME,
        Prefill.PROFILE_NAME,
        Prefill.FUNCTION,
    )
    minimum = bound(_("Nombre minimal de caractères"))
    maximum = bound(_("Nombre maximal de caractères"))
    pattern = blocks.CharBlock(required=False, max_length=200, label=_("Motif (expression régulière)"))
    pattern_message = blocks.CharBlock(required=False, max_length=200, label=_("Phrase si le motif n’est pas suivi"))

    class Meta:
        icon = "title"
        label = FieldKind.SHORT_TEXT.label


class LongTextBlock(FieldBlock):
    kind = FieldKind.LONG_TEXT
    minimum = bound(_("Nombre minimal de caractères"))
    maximum = bound(_("Nombre maximal de caractères"))

    class Meta:
        icon = "pilcrow"
        label = FieldKind.LONG_TEXT.label


class NumberBlock(FieldBlock):
    kind = FieldKind.NUMBER
    unit = blocks.CharBlock(required=False, max_length=20, label=_("Unité"))
    minimum = bound(_("Valeur minimale"))
    maximum = bound(_("Valeur maximale"))

    class Meta:
        icon = "order"
        label = FieldKind.NUMBER.label


class AmountBlock(FieldBlock):
    kind = FieldKind.AMOUNT
    minimum = bound(_("Montant minimal en euros"))
    maximum = bound(_("Montant maximal en euros"))

    class Meta:
        icon = "decimal"
        label = FieldKind.AMOUNT.label


class DateBlock(FieldBlock):
    kind = FieldKind.DATE
    prefill = prefill_block(Prefill.TODAY)
    minimum = bound(_("Pas avant"), help_text=_("Une date (2026-01-31), ou des jours depuis aujourd’hui : +2, -30."))
    maximum = bound(_("Pas après"), help_text=_("Une date (2026-01-31), ou des jours depuis aujourd’hui : +2, -30."))

    class Meta:
        icon = "date"
        label = FieldKind.DATE.label


class EmailBlock(FieldBlock):
    kind = FieldKind.EMAIL
    prefill = prefill_block(Prefill.EMAIL)

    class Meta:
        icon = "mail"
        label = FieldKind.EMAIL.label


class PhoneBlock(FieldBlock):
    kind = FieldKind.PHONE
    prefill = prefill_block(Prefill.PHONE)

    class Meta:
        icon = "mobile-alt"
        label = FieldKind.PHONE.label


class AddressBlock(FieldBlock):
    kind = FieldKind.ADDRESS
    prefill = prefill_block(Prefill.ADDRESS)

    class Meta:
        icon = "home"
        label = FieldKind.ADDRESS.label


class OptionBlock(blocks.StructBlock):
    label = blocks.CharBlock(max_length=200, label=_("Réponse"))
    key = KeyBlock(help_text=_("Vide : tirée de la réponse."))

    class Meta:
        icon = "tick"
        label = _("Réponse")


class ChoiceFieldBlock(FieldBlock):
    kind = FieldKind.CHOICE
    options = blocks.ListBlock(OptionBlock(), min_num=2, label=_("Réponses possibles"))

    class Meta:
        icon = "radio-empty"
        label = FieldKind.CHOICE.label


class ChoicesFieldBlock(FieldBlock):
    kind = FieldKind.CHOICES
    options = blocks.ListBlock(OptionBlock(), min_num=2, label=_("Réponses possibles"))
    minimum = bound(_("Au moins combien"))
    maximum = bound(_("Au plus combien"))

    class Meta:
        icon = "tick-inverse"
        label = FieldKind.CHOICES.label


class YesNoBlock(FieldBlock):
    kind = FieldKind.YES_NO

    class Meta:
        icon = "check"
        label = FieldKind.YES_NO.label


class IbanBlock(FieldBlock):
    kind = FieldKind.IBAN

    class Meta:
        icon = "lock"
        label = FieldKind.IBAN.label


class MeterIndexBlock(FieldBlock):
    kind = FieldKind.METER_INDEX

    class Meta:
        icon = "table"
        label = FieldKind.METER_INDEX.label


class FilesBlock(FieldBlock):
    kind = FieldKind.FILES
    minimum = bound(_("Au moins combien de fichiers"))
    maximum = bound(_("Au plus combien de fichiers"))

    class Meta:
        icon = "doc-full"
        label = FieldKind.FILES.label


class ContractBlock(FieldBlock):
    kind = FieldKind.CONTRACT
    prefill = prefill_block(Prefill.CONTRACT)

    class Meta:
        icon = "snippet"
        label = FieldKind.CONTRACT.label


class ChildBlock(FieldBlock):
    kind = FieldKind.CHILD
    prefill = prefill_block(Prefill.CHILD)

    class Meta:
        icon = "user"
        label = FieldKind.CHILD.label


class AppointmentBlock(FieldBlock):
    kind = FieldKind.APPOINTMENT
    appointment = SnippetChooserBlock("procedures.AppointmentKind", label=_("Type de rendez-vous"))

    class Meta:
        icon = "calendar-alt"
        label = FieldKind.APPOINTMENT.label


class AgreementBlock(FieldBlock):
    kind = FieldKind.AGREEMENT

    class Meta:
        icon = "tick"
        label = FieldKind.AGREEMENT.label


class InfoBlock(blocks.StructBlock):
    kind = FieldKind.INFO

    text = blocks.RichTextBlock(features=SHORT_FEATURES, label=_("Texte"))
    key = KeyBlock(help_text=_("Vide : choisie par le portail."))
    condition = ConditionBlock()

    class Meta:
        icon = "info-circle"
        label = FieldKind.INFO.label


class SimpleFieldsBlock(blocks.StreamBlock):
    """The fields that may stand in a repeated group too."""

    short_text = ShortTextBlock()
    long_text = LongTextBlock()
    number = NumberBlock()
    amount = AmountBlock()
    date = DateBlock()
    email = EmailBlock()
    phone = PhoneBlock()
    address = AddressBlock()
    choice = ChoiceFieldBlock()
    choices = ChoicesFieldBlock()
    yes_no = YesNoBlock()
    files = FilesBlock()


class GroupBlock(FieldBlock):
    kind = FieldKind.GROUP
    minimum = bound(_("Au moins combien de fois"))
    maximum = bound(_("Au plus combien de fois"))
    fields = SimpleFieldsBlock(min_num=1, label=_("Questions du groupe"))

    class Meta:
        icon = "list-ul"
        label = FieldKind.GROUP.label


class FieldsBlock(SimpleFieldsBlock):
    """All the fields. A saved form shows one line for each: forty questions fit in the editor."""

    iban = IbanBlock()
    meter_index = MeterIndexBlock()
    contract = ContractBlock()
    child = ChildBlock()
    appointment = AppointmentBlock()
    agreement = AgreementBlock()
    info = InfoBlock()
    group = GroupBlock()

    class Meta:
        collapsed = True


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=120, label=_("Titre de l’étape"))
    key = KeyBlock(help_text=_("Vide : tirée du titre."))
    introduction = blocks.RichTextBlock(required=False, features=SHORT_FEATURES, label=_("Introduction"))
    condition = ConditionBlock()
    fields = FieldsBlock(min_num=1, label=_("Questions"))

    class Meta:
        icon = "list-ol"
        label = _("Étape")
        label_format = "{title}"


class FormBlock(blocks.StreamBlock):
    step = StepBlock()

    class Meta:
        required = False
