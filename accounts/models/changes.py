"""Moderated changes: what residents may change of the family's files, field by field, and what waits for an agent."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..enums import ChangeState, FamilyForm
from .children import Child
from .profiles import Profile


class FieldRule(models.Model):
    """How a field of a family form behaves. Rows follow `accounts.family_fields`; staff only change the boxes."""

    form = models.CharField(_("formulaire"), max_length=20, choices=FamilyForm, editable=False)
    field = models.CharField(_("champ"), max_length=60, editable=False)
    label = models.CharField(_("intitulé"), max_length=150, editable=False)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    visible = models.BooleanField(_("vu par la famille"), default=True)
    editable = models.BooleanField(_("modifiable par la famille"), default=True)
    required = models.BooleanField(_("obligatoire"), default=False)
    needs_approval = models.BooleanField(_("la modification attend la validation du service"), default=False)

    class Meta:
        verbose_name = _("champ des formulaires famille")
        verbose_name_plural = _("champs des formulaires famille")
        ordering = ["form", "position"]
        default_permissions = ["view", "change"]
        constraints = [models.UniqueConstraint(fields=["form", "field"], name="field_rule_unique")]

    def __str__(self):
        return f"{self.get_form_display()} : {self.label}"


class ChangeRequest(models.Model):
    """What a resident asks to change of one record. Its fields are decided together or one by one.

    `form` and `target_id` name the record: the profile, a guardian, a child, a person around a child. Without a target,
    a new guardian or contact is asked for.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="change_requests", verbose_name=_("foyer"))
    child = models.ForeignKey(
        Child, models.CASCADE, null=True, blank=True, related_name="change_requests", verbose_name=_("enfant")
    )
    form = models.CharField(_("formulaire"), max_length=20, choices=FamilyForm)
    target_id = models.PositiveBigIntegerField(null=True, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=ChangeState.choices, default=ChangeState.PENDING)
    requested_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("demandé par")
    )
    requested_at = models.DateTimeField(_("demandé le"), default=timezone.now, db_index=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("décidé par")
    )
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)
    reason = models.CharField(_("motif"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("demande de modification")
        verbose_name_plural = _("demandes de modification")
        ordering = ["requested_at", "pk"]
        default_permissions = ["view"]
        permissions = [("decide_changerequest", "Décider des demandes de modification")]

    def __str__(self):
        return f"{self.get_form_display()} – {self.child or self.profile}"

    @property
    def state_enum(self):
        return ChangeState(self.state)

    @property
    def is_pending(self):
        return self.state == ChangeState.PENDING

    @property
    def fingerprint(self):
        """What is asked, as one comparable text: it changes each time the family asks for something else."""
        return self.requested_at.isoformat()

    @property
    def adds(self):
        """Whether a new record is asked for, rather than a change of one."""
        return self.target_id is None

    @property
    def waiting(self):
        """The fields still to decide, in their order; no query when the fields were prefetched."""
        return [field for field in self.fields.all() if field.state == ChangeState.PENDING]


class ChangedField(models.Model):
    """One field of a request: what it was, what is asked (as JSON, and as a person reads them), what was decided."""

    request = models.ForeignKey(ChangeRequest, models.CASCADE, related_name="fields")
    field = models.CharField(max_length=60)
    label = models.CharField(_("champ"), max_length=150)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    old_text = models.TextField(_("avant"), blank=True)
    new_text = models.TextField(_("après"), blank=True)
    state = models.CharField(_("état"), max_length=10, choices=ChangeState.choices, default=ChangeState.PENDING)
    reason = models.CharField(_("motif"), max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        default_permissions = []
        constraints = [models.UniqueConstraint(fields=["request", "field"], name="changed_field_unique")]

    def __str__(self):
        return self.label

    @property
    def state_enum(self):
        return ChangeState(self.state)


class AcceptanceText(models.Model):
    """A version of the text behind « J’accepte » (s4.2, s4.10). The newest is asked; all are kept."""

    text = models.TextField(_("texte"), help_text=_("Ce que la famille accepte en enregistrant."))
    version = models.PositiveSmallIntegerField(_("version"), unique=True, editable=False)
    published_at = models.DateTimeField(_("publié le"), auto_now_add=True)

    class Meta:
        verbose_name = _("texte à accepter")
        verbose_name_plural = _("textes à accepter")
        ordering = ["-version"]
        default_permissions = ["add", "view"]

    def __str__(self):
        return f"Version {self.version}"


class Acceptance(models.Model):
    """Who accepted which version of the text, when, for which family or child."""

    text = models.ForeignKey(AcceptanceText, models.PROTECT, related_name="acceptances")
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="acceptances")
    child = models.ForeignKey(Child, models.CASCADE, null=True, blank=True, related_name="acceptances")
    accepted_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    accepted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("acceptation")
        verbose_name_plural = _("acceptations")
        ordering = ["-accepted_at"]
        default_permissions = ["view"]

    def __str__(self):
        return f"{self.text} – {timezone.localtime(self.accepted_at):%d/%m/%Y}"
