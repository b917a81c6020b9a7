"""Addresses that editors type: a whole web address, an e-mail or telephone link, or a path of this portal."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

is_address = RegexValidator(
    r"^(https?://\S+|mailto:\S+|tel:\+?[0-9]+|/([^\s/]\S*)?|#[\w-]+)\Z",
    _("Écrivez une adresse complète (https://…) ou un chemin du portail (/contact/)."),
)
