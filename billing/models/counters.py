from django.db import models
from django.utils.translation import gettext_lazy as _


class Counter(models.Model):
    """The last number given in a series and a year. Its row is locked to take the next: numbers are gapless."""

    series = models.CharField(_("série"), max_length=10)
    year = models.PositiveSmallIntegerField(_("année"))
    last = models.PositiveIntegerField(_("dernier numéro"), default=0)

    class Meta:
        verbose_name = _("compteur de numéros")
        verbose_name_plural = _("compteurs de numéros")
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="counter_series_year_unique")]

    def __str__(self):
        return f"{self.series}{self.year}-{self.last:06d}"
