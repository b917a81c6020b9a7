"""A reservation is a numbered request: days added, or days cancelled (s3.15). What is booked is the sum of its days."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Child, Profile

from ..enums import ACTIVE_DAYS, Act, DayState, ReservationState
from .drafts import PlanningDraft
from .periods import BookingPeriod, Session


class Reservation(models.Model):
    """One request of a household, for a child, a period. It is never changed: another one cancels its days.

    `whole` says that its days are taken all or none; `together` is shared by the reservations of siblings to be kept
    together. `state` is the sum of its days, kept up by the services (`booking.rules.reservation_state`).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("numéro"), max_length=20, unique=True)
    act = models.CharField(_("nature"), max_length=10, choices=Act)
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="reservations", verbose_name=_("foyer"))
    child = models.ForeignKey(Child, models.PROTECT, related_name="reservations", verbose_name=_("enfant"))
    period = models.ForeignKey(BookingPeriod, models.PROTECT, related_name="reservations", verbose_name=_("période"))
    draft = models.ForeignKey(PlanningDraft, models.SET_NULL, null=True, blank=True, related_name="reservations")
    key = models.UUIDField(editable=False)
    whole = models.BooleanField(_("tous les jours ou aucun"), default=False)
    together = models.UUIDField(_("fratrie à garder ensemble"), null=True, blank=True, db_index=True)
    state = models.CharField(_("état"), max_length=10, choices=ReservationState.choices)
    made_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("faite par")
    )
    made_at = models.DateTimeField(_("faite le"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("réservation")
        verbose_name_plural = _("réservations")
        ordering = ["-made_at", "-pk"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["profile", "-made_at"], name="reservation_profile_made")]
        constraints = [
            # A double click or a refresh gives the first answer again.
            models.UniqueConstraint(fields=["key", "child"], name="reservation_key_unique"),
        ]

    def __str__(self):
        return self.number

    @property
    def state_enum(self):
        return ReservationState(self.state)


class ReservationDay(models.Model):
    """One session asked for, with its own state. In a cancellation, `cancels` is the booked day it undoes.

    `rank` is a number given under the session's lock, never a time. `price` is what was shown when it was asked for;
    `computed_from` and `explanation` say from what.
    """

    reservation = models.ForeignKey(Reservation, models.CASCADE, related_name="days", verbose_name=_("réservation"))
    session = models.ForeignKey(Session, models.PROTECT, related_name="days", verbose_name=_("séance"))
    child = models.ForeignKey(Child, models.PROTECT, related_name="reservation_days", verbose_name=_("enfant"))
    cancels = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="cancellations", verbose_name=_("jour annulé")
    )
    state = models.CharField(_("état"), max_length=10, choices=DayState.choices)
    starts_at = models.TimeField(_("arrivée prévue"), null=True, blank=True)
    ends_at = models.TimeField(_("départ prévu"), null=True, blank=True)
    rank = models.PositiveIntegerField(_("rang en liste d’attente"), null=True, blank=True)
    offered_until = models.DateTimeField(_("proposée jusqu’au"), null=True, blank=True)
    price = models.DecimalField(_("prix"), max_digits=8, decimal_places=2, null=True, blank=True)
    computed_from = models.JSONField(default=dict, blank=True)
    explanation = models.JSONField(default=list, blank=True)
    reason = models.CharField(_("motif"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("décidé par")
    )
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("jour réservé")
        verbose_name_plural = _("jours réservés")
        ordering = ["session__date", "session__unit__position", "pk"]
        default_permissions = ["view"]
        permissions = [
            ("decide_reservationday", "Décider des demandes de réservation"),
            ("export_reservationday", "Exporter les réservations"),
        ]
        indexes = [
            models.Index(fields=["session", "state"], name="day_session_state"),
            models.Index(fields=["offered_until"], condition=Q(state=DayState.OFFERED), name="day_offers"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["child", "session"],
                condition=Q(cancels=None, state__in=sorted(ACTIVE_DAYS)),
                name="day_active_unique",
                violation_error_message=_("Ce jour est déjà réservé ou demandé pour cet enfant."),
            ),
            models.UniqueConstraint(
                fields=["cancels"],
                condition=Q(state=DayState.REQUESTED),
                name="day_cancellation_unique",
                violation_error_message=_("L’annulation de ce jour est déjà demandée."),
            ),
        ]

    def __str__(self):
        return f"{self.child} – {self.session}"

    @property
    def state_enum(self):
        return DayState(self.state)
