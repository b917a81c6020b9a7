"""Indexes that residents give (s1.8): with a contract's opening, its termination, or by themselves."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from theme.formats import number

from .. import perms
from ..enums import ReadingSource, ReadingState
from ..models import DeliveryPoint, MeterReading
from ..queries import meter_in_place, readings_around
from ..rules import Reading, consumptions

NO_METER = _("Ce point de livraison n’a pas de compteur en place : l’index ne peut pas être enregistré.")
OTHER_HOLDER = _("Le contrat %(reference)s n’était pas en cours ce jour-là : l’index n’est pas le sien.")
TO_COME = _("L’index est celui d’un jour à venir : il ne peut pas être enregistré.")


def record_reading(*, by, contract, read_on, index):
    """Record the `index` (m³) that the holder of `contract` read on `read_on`; returns the MeterReading.

    The same index of the same day again is the same reading. Raises PermissionDenied without the right, or
    ValidationError as `keep_index`, for a day to come and for one when the contract did not run.
    """
    if not perms.can_record_reading(by):
        raise PermissionDenied
    if (contract.subscribed_on or read_on) > read_on or (contract.terminated_on or read_on) < read_on:
        raise ValidationError(OTHER_HOLDER % {"reference": contract})
    with transaction.atomic():
        point = DeliveryPoint.objects.select_for_update(of=("self",)).get(pk=contract.delivery_point_id)
        reading = keep_index(by, point, read_on, index)
        if reading is None:
            raise ValidationError(TO_COME)
        log(instance=contract, action="water.reading.record", user=by, data={"on": read_on.isoformat()})
    return reading


def reading_on(point, day):
    """Return the reading of `day` on the meter that was at `point`, or None."""
    meter = meter_in_place(point, on=day)
    return MeterReading.objects.filter(meter=meter, read_on=day).first() if meter else None


def keep_index(by, point, day, index):
    """Keep `index` (m³) as the reading of `day` on the meter that was at `point`; return it, None for a day to come.

    Below the one before, or above the one after, it is to be checked. For services, in their transaction, `point`
    locked. Raises ValidationError without a meter, with more digits than it has, or against another reading of that
    day.
    """
    if index is None or day > timezone.localdate():
        return None
    meter = meter_in_place(point, on=day)
    if meter is None:
        raise ValidationError(NO_METER)
    if index >= 10**meter.digits:
        message = _("L’index %(index)s a plus de chiffres que le compteur %(meter)s, qui en a %(digits)s.")
        raise ValidationError(message % {"index": number(index), "meter": meter, "digits": meter.digits})
    if (same_day := MeterReading.objects.filter(meter=meter, read_on=day).first()) is not None:
        if same_day.index != index:
            message = _("Ce compteur a déjà une relève de %(index)s m³ au %(date)s.")
            raise ValidationError(message % {"index": number(same_day.index), "date": f"{day:%d/%m/%Y}"})
        return same_day
    return MeterReading.objects.create(
        meter=meter,
        read_on=day,
        index=index,
        source=ReadingSource.RESIDENT,
        state=ReadingState.ACCEPTED if _follows(meter, day, index) else ReadingState.HELD,
        entered_by=by,
    )


def _follows(meter, day, index):
    """Whether `index` may stand between the readings around `day`: higher than the one before or past a rollover, and
    the one after likewise."""
    around = [Reading(one.read_on, one.index) for one in readings_around(meter, day) if one]
    volumes = consumptions([*around, Reading(day, index)], digits=meter.digits)
    return all(consumption.volume is not None for consumption in volumes)
