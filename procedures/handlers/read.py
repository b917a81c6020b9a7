"""Answers of a case as the values that services want: dates, figures, the resident's contract. Refusals in French."""

import datetime as dt
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from theme.formats import long_date
from water.models import WaterContract


def date(value):
    """Return the date of an ISO answer. Raises ValidationError."""
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise ValidationError(_("La date du dossier est illisible : « %(value)s ».") % {"value": value}) from error


def index(value):
    """Return the index of an answer, or None without one. Raises ValidationError."""
    if value is None:
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise ValidationError(_("L’index du dossier est illisible : « %(value)s ».") % {"value": value}) from error
    if not found.is_finite() or found < 0:
        raise ValidationError(_("L’index du dossier est illisible : « %(value)s ».") % {"value": value})
    return found


def contract(case, reference):
    """Return the WaterContract `reference`, which must be attached to the profile of `case`. Raises ValidationError."""
    found = (
        WaterContract.objects.select_related("delivery_point").filter(reference=reference, profile=case.profile).first()
    )
    if found is None:
        message = _("Le contrat %(reference)s n’est plus rattaché au profil de ce dossier.")
        raise ValidationError(message % {"reference": reference})
    return found


def day_words(day):
    """Return « 1er décembre 2026 »."""
    words = long_date(day)
    return f"{words.partition(' ')[2]} {day.year}"
