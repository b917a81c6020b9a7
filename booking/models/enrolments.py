import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Child, Profile

from ..enums import ACTIVE_ENROLMENTS, EnrolmentState
from .facilities import Activity


class Enrolment(models.Model):
    """A child's right to book an activity for a school year (`school_year` 2026 is September 2026 to August 2027)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    child = models.ForeignKey(Child, models.CASCADE, related_name="enrolments", verbose_name=_("enfant"))
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="enrolments", verbose_name=_("foyer"))
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="enrolments", verbose_name=_("activité"))
    school_year = models.PositiveSmallIntegerField(_("année scolaire"))
    state = models.CharField(_("état"), max_length=10, choices=EnrolmentState.choices, default=EnrolmentState.REQUESTED)
    message = models.TextField(_("message de la famille"), blank=True, max_length=1000)
    requested_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("demandée par")
    )
    requested_at = models.DateTimeField(_("demandée le"), default=timezone.now)
    decided_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("décidée par")
    )
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    reason = models.CharField(_("motif"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("inscription")
        verbose_name_plural = _("inscriptions")
        ordering = ["-school_year", "activity__name", "pk"]
        default_permissions = ["view"]
        permissions = [("decide_enrolment", "Décider des inscriptions")]
        constraints = [
            models.UniqueConstraint(
                fields=["child", "activity", "school_year"],
                condition=Q(state__in=[EnrolmentState.REQUESTED, EnrolmentState.ACCEPTED]),
                name="enrolment_active_unique",
                violation_error_message=_("Cet enfant est déjà inscrit, ou sa demande est en cours d’examen."),
            ),
        ]

    def __str__(self):
        return f"{self.child} – {self.activity} {self.school_year_label}"

    @property
    def school_year_label(self):
        return f"{self.school_year}-{self.school_year + 1}"

    @property
    def state_enum(self):
        return EnrolmentState(self.state)

    @property
    def active(self):
        """Whether it holds or waits: the child's only one for its activity and school year."""
        return self.state in ACTIVE_ENROLMENTS
