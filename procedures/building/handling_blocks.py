"""What the handling of a procedure is built from in the editor: statuses, routing, the inputs of the effect.

The names of blocks are stored: never rename one.
"""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from ..enums import STATUS_STATES
from .key_blocks import AnswerBlock, InputNameBlock, KeyBlock, QuestionBlock


class StatusBlock(blocks.StructBlock):
    label = blocks.CharBlock(max_length=80, label=_("Statut"))
    key = KeyBlock(help_text=_("Vide : tirée du statut."))
    state = blocks.ChoiceBlock(
        choices=[(state.value, state.label) for state in STATUS_STATES], label=_("Étape du traitement")
    )
    explanation = blocks.TextBlock(max_length=500, label=_("Explication pour l’usager"))
    tone = blocks.ChoiceBlock(
        choices=[
            ("info", _("Information (bleu)")),
            ("success", _("Réussite (vert)")),
            ("warning", _("Attention (orange)")),
            ("danger", _("Refus (rouge)")),
            ("neutral", _("Neutre (gris)")),
        ],
        default="info",
        label=_("Couleur"),
    )
    mail = blocks.TextBlock(required=False, max_length=2000, label=_("Texte ajouté au courriel"))

    class Meta:
        icon = "tag"
        label = _("Statut")
        label_format = "{label}"


class StatusesBlock(blocks.StreamBlock):
    status = StatusBlock()

    class Meta:
        required = False
        collapsed = True


class RouteBlock(blocks.StructBlock):
    field = QuestionBlock(max_length=60, label=_("Question"), help_text=_("Sa clé."))
    value = AnswerBlock(max_length=200, label=_("Réponse"), help_text=_("Pour une adresse : la commune."))
    department = SnippetChooserBlock("accounts.Department", label=_("Service qui traite"))

    class Meta:
        icon = "redirect"
        label = _("Règle d’orientation")
        label_format = "{field} {value} : {department}"


class RoutingBlock(blocks.StreamBlock):
    route = RouteBlock()

    class Meta:
        required = False


class InputBlock(blocks.StructBlock):
    name = InputNameBlock(max_length=60, label=_("Donnée attendue"))
    field = QuestionBlock(max_length=60, label=_("Question qui la donne"), help_text=_("Sa clé."))

    class Meta:
        icon = "link"
        label = _("Correspondance")
        label_format = "{name} : {field}"


class InputsBlock(blocks.StreamBlock):
    input = InputBlock()

    class Meta:
        required = False
