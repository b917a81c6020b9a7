from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.models import ContactPoint


class Department(models.Model):
    """A team of the authority: it handles procedures; its members see its cases."""

    name = models.CharField(_("nom"), max_length=120, unique=True)
    contact = models.ForeignKey(
        ContactPoint,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("coordonnées"),
        help_text=_("Lues par les usagers sur les accusés de réception."),
    )
    email = models.EmailField(
        _("courriel de l’équipe"), blank=True, help_text=_("Prévenu des dossiers reçus et de ceux qui tardent.")
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="departments",
        limit_choices_to={"is_staff": True},
        verbose_name=_("agents"),
    )
    active = models.BooleanField(_("en activité"), default=True)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["name"]

    def __str__(self):
        return self.name
