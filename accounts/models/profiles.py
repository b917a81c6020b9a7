import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..enums import ProfileKind, Role


class Profile(models.Model):
    """What owns contracts, children, requests, documents and invoices: an individual, a household, an organisation."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("nature"), max_length=20, choices=ProfileKind, default=ProfileKind.INDIVIDUAL)
    name = models.CharField(_("nom du profil"), max_length=200)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    address_complement = models.CharField(_("complément d’adresse"), max_length=200, blank=True)
    postcode = models.CharField(_("code postal"), max_length=10, blank=True)
    town = models.CharField(_("commune"), max_length=100, blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    second_phone = models.CharField(_("second téléphone"), max_length=20, blank=True)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, through="accounts.Membership", related_name="profiles")

    class Meta:
        verbose_name = _("profil")
        verbose_name_plural = _("profils")
        ordering = ["name"]

    def __str__(self):
        return self.name


class MembershipQuerySet(models.QuerySet):
    def active(self):
        return self.filter(ended_at=None)


class Membership(models.Model):
    """A user's place in a profile. Ended, never deleted: who could see what, and when, stays known."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("utilisateur")
    )
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="memberships", verbose_name=_("profil"))
    role = models.CharField(_("rôle"), max_length=20, choices=Role, default=Role.HOLDER)
    function = models.CharField(
        _("fonction"), max_length=100, blank=True, help_text=_("Par exemple : mère, trésorier.")
    )
    started_at = models.DateTimeField(_("depuis"), default=timezone.now)
    ended_at = models.DateTimeField(_("jusqu’au"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membre")
        verbose_name_plural = _("membres")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "profile"],
                condition=Q(ended_at=None),
                name="membership_active_unique",
                violation_error_message=_("Cette personne fait déjà partie du profil."),
            ),
        ]

    def __str__(self):
        return f"{self.user} – {self.profile}"
