import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from ..enums import Month


@register_setting(icon="calendar-alt")
class BookingSettings(BaseGenericSetting):
    """What every activity shares: which towns are of the territory, for prices and for priority windows."""

    territory = models.TextField(
        _("communes du territoire"),
        blank=True,
        help_text=_("Une commune par ligne : « 34800 Octon », ou seulement son code postal. Vide : toutes."),
    )
    reminder_days = models.PositiveSmallIntegerField(
        _("rappel avant un délai, en jours"),
        default=2,
        help_text=_("Les familles qui n’ont rien réservé la semaine concernée sont prévenues. 0 : pas de rappel."),
    )
    next_year_from = models.PositiveSmallIntegerField(
        _("inscriptions pour l’année scolaire suivante, à partir de"), choices=Month, default=Month.MARCH
    )

    class Meta:
        verbose_name = _("Réservations")

    def clean(self):
        for line in filter(None, map(str.strip, self.territory.splitlines())):
            digits = re.match(r"\d*", line)[0]
            if digits and len(digits) != 5:
                message = _("« %(line)s » : un code postal a cinq chiffres.") % {"line": line}
                raise ValidationError({"territory": message})
