"""A child's file (s4.3): the child, the households, the people around, the authorisations."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..enums import Answer, ChildState, SchoolLevel, Sex
from .families import PostalAddress
from .profiles import Profile


class Child(models.Model):
    """A child, known once however many households raise them."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    first_name = models.CharField(_("prénom"), max_length=150)
    last_name = models.CharField(_("nom"), max_length=150)
    sex = models.CharField(_("sexe"), max_length=10, choices=Sex, blank=True)
    birth_date = models.DateField(_("date de naissance"))
    birth_place = models.CharField(_("lieu de naissance"), max_length=150, blank=True)
    school = models.CharField(_("école"), max_length=150, blank=True)
    school_level = models.CharField(_("niveau scolaire"), max_length=10, choices=SchoolLevel, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=ChildState.choices, default=ChildState.PENDING)
    refused_reason = models.CharField(_("motif du refus"), max_length=300, blank=True)
    created_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(_("ajouté le"), auto_now_add=True)
    profiles = models.ManyToManyField(Profile, through="accounts.Guardianship", related_name="children")

    class Meta:
        verbose_name = _("enfant")
        verbose_name_plural = _("enfants")
        ordering = ["birth_date", "first_name"]
        permissions = [
            ("decide_child", "Décider des enfants ajoutés et des modifications demandées"),
        ]

    def __str__(self):
        return f"{self.first_name} {self.last_name}"

    @property
    def state_enum(self):
        return ChildState(self.state)


class GuardianshipQuerySet(models.QuerySet):
    def on(self, date):
        """The guardianships that hold on `date`."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=date), started_on__lte=date)


class Guardianship(models.Model):
    """A household raises a child, from a date to another. What it may see of the other household staff decide."""

    child = models.ForeignKey(Child, models.CASCADE, related_name="guardianships", verbose_name=_("enfant"))
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="guardianships", verbose_name=_("foyer"))
    started_on = models.DateField(_("depuis le"), default=timezone.localdate)
    ended_on = models.DateField(_("jusqu’au"), null=True, blank=True)
    may_edit = models.BooleanField(_("modifie la fiche"), default=True)
    sees_health = models.BooleanField(_("voit la santé"), default=True)
    sees_contacts = models.BooleanField(_("voit les personnes à contacter et autorisées"), default=True)
    sees_other_bookings = models.BooleanField(_("voit les réservations de l’autre foyer"), default=False)

    objects = GuardianshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("garde")
        verbose_name_plural = _("gardes")
        ordering = ["started_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["child", "profile"],
                condition=Q(ended_on=None),
                name="guardianship_active_unique",
                violation_error_message=_("Cet enfant est déjà dans ce foyer."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="guardianship_dates_in_order",
                violation_error_message=_("La fin de garde ne peut pas précéder son début."),
            ),
        ]

    def __str__(self):
        return f"{self.child} – {self.profile}"


class PersonAround(PostalAddress):
    """Someone around a child. `relationship` is chosen from the list or typed freely (s4.5)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    first_name = models.CharField(_("prénom"), max_length=150)
    last_name = models.CharField(_("nom"), max_length=150)
    relationship = models.CharField(_("lien avec l’enfant"), max_length=60)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self):
        return f"{self.first_name} {self.last_name}"


class EmergencyContact(PersonAround):
    child = models.ForeignKey(Child, models.CASCADE, related_name="emergency_contacts", verbose_name=_("enfant"))

    class Meta(PersonAround.Meta):
        verbose_name = _("personne à contacter")
        verbose_name_plural = _("personnes à contacter")


class AuthorisedPickup(PersonAround):
    """Someone who may come and take the child. `contact` tells which emergency contact it was picked from (s4.8)."""

    child = models.ForeignKey(Child, models.CASCADE, related_name="authorised_pickups", verbose_name=_("enfant"))
    contact = models.ForeignKey(EmergencyContact, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta(PersonAround.Meta):
        verbose_name = _("personne autorisée")
        verbose_name_plural = _("personnes autorisées")
        constraints = [models.UniqueConstraint(fields=["child", "contact"], name="pickup_contact_unique")]


class ConsentType(models.Model):
    """An authorisation that parents answer, listed by staff (s4.9)."""

    label = models.CharField(_("intitulé"), max_length=150, unique=True)
    explanation = models.TextField(_("explication"), blank=True, help_text=_("Affichée sous la question."))
    mandatory = models.BooleanField(_("réponse obligatoire"), default=True)
    active = models.BooleanField(_("demandée aux familles"), default=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        verbose_name = _("autorisation")
        verbose_name_plural = _("autorisations")
        ordering = ["position", "label"]

    def __str__(self):
        return self.label


class Consent(models.Model):
    """The answer of the parents for a child. A new answer replaces the last; the audit log keeps both."""

    child = models.ForeignKey(Child, models.CASCADE, related_name="consents", verbose_name=_("enfant"))
    type = models.ForeignKey(ConsentType, models.PROTECT, related_name="consents", verbose_name=_("autorisation"))
    answer = models.CharField(_("réponse"), max_length=20, choices=Answer)
    answered_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(_("répondu le"), default=timezone.now)

    class Meta:
        verbose_name = _("réponse à une autorisation")
        verbose_name_plural = _("réponses aux autorisations")
        ordering = ["type__position", "type__label"]
        constraints = [models.UniqueConstraint(fields=["child", "type"], name="consent_unique")]

    def __str__(self):
        return f"{self.type} : {self.get_answer_display()}"
