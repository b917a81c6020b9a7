"""States and kinds of bookings. Labels are what residents read, on every screen and in every legend."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from theme.states import State


class SchoolZone(models.TextChoices):
    A = "A", _("Zone A")
    B = "B", _("Zone B")
    C = "C", _("Zone C")
    NONE = "", _("Hors zones (Corse, outre-mer) : saisir les vacances comme fermetures")


class ActivityKind(models.TextChoices):
    LEISURE_CENTRE = "leisure_centre", _("Accueil de loisirs")
    WRAPAROUND = "wraparound", _("Périscolaire")
    CANTEEN = "canteen", _("Restauration scolaire")
    NURSERY = "nursery", _("Petite enfance")


class UnitKind(models.TextChoices):
    DAY = "day", _("Journée")
    MORNING = "morning", _("Matinée")
    AFTERNOON = "afternoon", _("Après-midi")
    MEAL = "meal", _("Repas")
    BEFORE_SCHOOL = "before_school", _("Matin")
    AFTER_SCHOOL = "after_school", _("Soir")
    HOURS = "hours", _("Horaires au choix")


class DaysKind(models.TextChoices):
    """On which days of the calendar a period has sessions; public holidays and closures never do."""

    SCHOOL_DAYS = "school", _("Jours hors vacances scolaires")
    HOLIDAYS = "holidays", _("Vacances scolaires")
    ALL = "all", _("Toute l’année")


class Weekday(models.IntegerChoices):
    """As Python's `date.weekday()`."""

    MONDAY = 0, _("lundi")
    TUESDAY = 1, _("mardi")
    WEDNESDAY = 2, _("mercredi")
    THURSDAY = 3, _("jeudi")
    FRIDAY = 4, _("vendredi")
    SATURDAY = 5, _("samedi")
    SUNDAY = 6, _("dimanche")


class Month(models.IntegerChoices):
    """As Python's `date.month`."""

    JANUARY = 1, _("janvier")
    FEBRUARY = 2, _("février")
    MARCH = 3, _("mars")
    APRIL = 4, _("avril")
    MAY = 5, _("mai")
    JUNE = 6, _("juin")
    JULY = 7, _("juillet")
    AUGUST = 8, _("août")
    SEPTEMBER = 9, _("septembre")
    OCTOBER = 10, _("octobre")
    NOVEMBER = 11, _("novembre")
    DECEMBER = 12, _("décembre")


class Act(models.TextChoices):
    """What a reservation does with its days (s3.15: to cancel dates is a reservation of its own)."""

    ADD = "add", _("Réservation")
    CANCEL = "cancel", _("Annulation")


class Outcome(models.TextChoices):
    """What becomes of a day asked for now."""

    AT_ONCE = "at_once", _("Accepté tout de suite")
    ON_REQUEST = "on_request", _("Sur demande, un agent décide")
    CLOSED = "closed", _("Délai dépassé")


class DeadlineKind(models.TextChoices):
    DAYS = "days", _("tant de jours avant, à telle heure")
    WORKING_DAYS = "working_days", _("tant de jours ouvrés avant, à telle heure")
    WEEKDAY = "weekday", _("tel jour de la semaine d’avant, à telle heure")


class Audience(models.TextChoices):
    EVERYONE = "everyone", _("Toutes les familles")
    RESIDENTS = "residents", _("Familles du territoire")


class PriceMethod(models.TextChoices):
    FIXED = "fixed", _("Prix unique")
    BANDS = "bands", _("Tranches de quotient familial")
    EFFORT_RATE = "effort_rate", _("Taux d’effort")


class AbsenceRule(models.TextChoices):
    """What an absence does to the charge of the day."""

    CHARGED = "charged", _("facturée")
    FREE = "free", _("non facturée")
    FREE_IF_JUSTIFIED = "free_if_justified", _("non facturée si elle est justifiée")


class EnrolmentState(State):
    REQUESTED = "requested", "warning", "clock", _("Demande en cours d’examen")
    ACCEPTED = "accepted", "success", "check-circle", _("Inscrit")
    REFUSED = "refused", "danger", "x-circle", _("Inscription refusée")
    WITHDRAWN = "withdrawn", "neutral", "minus-circle", _("Demande retirée")
    ENDED = "ended", "neutral", "archive-box", _("Inscription terminée")


# An enrolment in one of these is the child's only one for its activity and school year.
ACTIVE_ENROLMENTS = frozenset({EnrolmentState.REQUESTED, EnrolmentState.ACCEPTED})

ENROLMENT_TRANSITIONS = {
    EnrolmentState.REQUESTED: {EnrolmentState.ACCEPTED, EnrolmentState.REFUSED, EnrolmentState.WITHDRAWN},
    EnrolmentState.ACCEPTED: {EnrolmentState.ENDED},
    EnrolmentState.REFUSED: set(),
    EnrolmentState.WITHDRAWN: set(),
    EnrolmentState.ENDED: set(),
}


class DayState(State):
    """What becomes of a day asked for: in a booking, or in a request to cancel (then ACCEPTED is "cancelled")."""

    ACCEPTED = "accepted", "success", "check-circle", _("Réservé")
    REQUESTED = "requested", "warning", "clock", _("Demande en attente")
    WAITING = "waiting", "info", "queue-list", _("Sur liste d’attente")
    OFFERED = "offered", "warning", "bell-alert", _("Place proposée, à confirmer")
    REFUSED = "refused", "danger", "x-circle", _("Refusé")
    CANCELLED = "cancelled", "neutral", "minus-circle", _("Annulé")
    EXPIRED = "expired", "neutral", "archive-box", _("Proposition expirée")


# A day in one of these is the child's only one for its session.
ACTIVE_DAYS = frozenset({DayState.ACCEPTED, DayState.REQUESTED, DayState.WAITING, DayState.OFFERED})
# A day in one of these holds a place.
PLACED_DAYS = frozenset({DayState.ACCEPTED, DayState.OFFERED})


class ReservationState(State):
    """What a resident reads of a whole reservation: the sum of its days (`booking.rules.reservation_state`)."""

    ACCEPTED = "accepted", "success", "check-circle", _("Acceptée")
    REQUESTED = "requested", "warning", "clock", _("En attente de décision")
    PARTLY = "partly", "info", "adjustments-horizontal", _("Acceptée en partie")
    WAITING = "waiting", "info", "queue-list", _("Sur liste d’attente")
    OFFERED = "offered", "warning", "bell-alert", _("Place proposée, à confirmer")
    REFUSED = "refused", "danger", "x-circle", _("Refusée")
    CANCELLED = "cancelled", "neutral", "minus-circle", _("Annulée")


class Presence(State):
    PRESENT = "present", "success", "check-circle", _("Présent")
    ABSENT_JUSTIFIED = "absent_justified", "info", "document-check", _("Absent, avec motif")
    ABSENT = "absent", "warning", "exclamation-triangle", _("Absent, sans motif")


class CellState(State):
    """What a cell of the planning says: the legend of the guides (s3.11)."""

    FREE = "free", "neutral", "plus-circle", _("Libre")
    ON_REQUEST = "on_request", "warning", "paper-airplane", _("Sur demande")
    FULL_WAITING = "full_waiting", "info", "queue-list", _("Complet : liste d’attente")
    SELECTED = "selected", "success", "check", _("Choisi : accepté tout de suite")
    SELECTED_REQUEST = "selected_request", "warning", "check", _("Choisi : sur demande")
    SELECTED_WAITING = "selected_waiting", "info", "check", _("Choisi : liste d’attente")
    BOOKED = "booked", "success", "check-circle", _("Réservé")
    REQUESTED = "requested", "warning", "clock", _("Demande en attente")
    WAITING = "waiting", "info", "queue-list", _("Sur liste d’attente")
    OFFERED = "offered", "warning", "bell-alert", _("Place proposée")
    TO_CANCEL = "to_cancel", "danger", "minus-circle", _("À annuler")
    TO_CANCEL_REQUEST = "to_cancel_request", "danger", "paper-airplane", _("Annulation sur demande")
    FULL = "full", "neutral", "no-symbol", _("Complet")
    TOO_LATE = "too_late", "neutral", "lock-closed", _("Délai dépassé")
    CLOSED = "closed", "neutral", "moon", _("Fermé")
    OVERLAP = "overlap", "neutral", "no-symbol", _("Incompatible avec un autre choix")
