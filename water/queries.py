"""Reads of the water domain: one function for each screen, with a fixed number of SQL queries."""

import datetime as dt
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from . import rules
from .enums import CodeRequestState, ReadingSource, ReadingState
from .models import ActivationCode, CodeRequest, DeliveryPoint, Meter, MeterReading, WaterContract

CHART_HALF_YEARS = 8
ALWAYS, FOREVER = dt.date(1900, 1, 1), dt.date(9999, 12, 31)


# The resident's pages ------------------------------------------------------------------------------------------------


def contracts_of(profile):
    """Return the contracts of `profile` with their delivery points, those running first; none for no profile."""
    return (
        WaterContract.objects.filter(profile=profile, profile__isnull=False)
        .select_related("delivery_point")
        .order_by(F("terminated_on").asc(nulls_first=True), "reference")
    )


def _visible_from():
    """The day before which the readings are another's: the subscription, or the end of the former contract."""
    former = (
        WaterContract.objects.filter(delivery_point=OuterRef("delivery_point"), terminated_on__isnull=False)
        .exclude(pk=OuterRef("pk"))
        .order_by("-terminated_on")
        .values("terminated_on")
    )
    return Coalesce("subscribed_on", Subquery(former[:1]), ALWAYS)


def contract_list(profile):
    """Return the contracts of `profile`, each with `last_index` and `last_read_on`: two queries."""
    contracts = list(contracts_of(profile).annotate(visible_from=_visible_from()))
    last = {}
    if contracts:
        readings = MeterReading.objects.filter(
            meter__delivery_point__in=[contract.delivery_point_id for contract in contracts],
            state=ReadingState.ACCEPTED,
        ).order_by("-read_on", "-pk")
        for point, read_on, index in readings.values_list("meter__delivery_point", "read_on", "index"):
            for contract in contracts:
                in_force = contract.visible_from <= read_on <= (contract.terminated_on or FOREVER)
                if contract.delivery_point_id == point and in_force:
                    last.setdefault(contract.pk, (read_on, index))
    for contract in contracts:
        contract.last_read_on, contract.last_index = last.get(contract.pk, (None, None))
    return contracts


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A reading as shown: with what it says of the consumption since the one before."""

    meter: str
    read_on: dt.date
    index: Decimal
    source: ReadingSource
    state: ReadingState
    consumption: rules.Consumption | None

    @property
    def estimated(self):
        return self.source == ReadingSource.ESTIMATED


class ContractHistory:
    """The meters, readings and consumption of a contract: two queries, when first asked for; three without a date."""

    def __init__(self, contract):
        self.contract = contract

    @cached_property
    def visible_from(self):
        """The day before which the readings are those of another subscriber."""
        if self.contract.subscribed_on:
            return self.contract.subscribed_on
        dated = WaterContract.objects.filter(pk=self.contract.pk).annotate(visible_from=_visible_from())
        return dated.values_list("visible_from", flat=True).get()

    @cached_property
    def meters(self):
        """The meters of the delivery point while the contract runs, the one in place first."""
        meters = Meter.objects.filter(delivery_point=self.contract.delivery_point_id).order_by(
            F("removed_on").desc(nulls_first=True), "-installed_on", "-pk"
        )
        return [m for m in meters if m.removed_on is None or m.removed_on >= self.visible_from]

    @cached_property
    def _readings(self):
        return list(
            MeterReading.objects.filter(
                meter__delivery_point=self.contract.delivery_point_id,
                read_on__gte=self.visible_from,
                read_on__lte=self.contract.terminated_on or FOREVER,
            )
            .exclude(state=ReadingState.REFUSED)
            .order_by("read_on", "pk")
            .values_list("meter_id", "meter__serial_number", "meter__digits", "read_on", "index", "source", "state")
        )

    @cached_property
    def _consumptions(self):
        """Consumption by (meter, last day), of the accepted readings."""
        meters = {}
        for meter_id, _serial, digits, read_on, index, source, state in self._readings:
            if state == ReadingState.ACCEPTED:
                reading = rules.Reading(read_on, index, estimated=source == ReadingSource.ESTIMATED)
                meters.setdefault((meter_id, digits), []).append(reading)
        return {
            (meter_id, consumption.end): consumption
            for (meter_id, digits), readings in meters.items()
            for consumption in rules.consumptions(readings, digits=digits)
        }

    @cached_property
    def readings(self):
        """The ReadingRows, newest first; those refused are left out."""
        return [
            ReadingRow(
                meter=serial,
                read_on=read_on,
                index=index,
                source=ReadingSource(source),
                state=ReadingState(state),
                consumption=self._consumptions.get((meter_id, read_on)),
            )
            for meter_id, serial, _digits, read_on, index, source, state in reversed(self._readings)
        ]

    @cached_property
    def half_years(self):
        """The last half-years of consumption, oldest first, those out of the ordinary marked."""
        return rules.notable(rules.half_years(self._consumptions.values()))[-CHART_HALF_YEARS:]

    @cached_property
    def usual_litres_per_day(self):
        """The average a day of the half-years shown, in litres; None without any."""
        usual = rules.usual_per_day(self.half_years)
        return None if usual is None else round(usual * 1000)

    @property
    def chart(self):
        """The series of `{% bar_chart %}`."""
        return [
            {
                "label": half_year.short_label,
                "value": half_year.rounded,
                "tone": "warning" if half_year.unusual else "",
                "note": "plus du double de votre consommation habituelle" if half_year.unusual else "",
            }
            for half_year in self.half_years
        ]

    @property
    def unusual(self):
        """The half-years over twice the usual, oldest first."""
        return [half_year for half_year in self.half_years if half_year.unusual]


# The back office -----------------------------------------------------------------------------------------------------


def contracts_without_code():
    """Return the running contracts that nobody attached and that have no valid activation code."""
    valid = ActivationCode.objects.filter(contract=OuterRef("pk"), used_at=None, voided_at=None)
    return WaterContract.objects.filter(~Exists(valid), profile=None, terminated_on=None)


def pending_requests():
    """Return the requests for a code that wait for an agent, oldest first."""
    return CodeRequest.objects.filter(state=CodeRequestState.PENDING).order_by("created_at")


def contract_asked_for(request):
    """Return the contract whose reference a CodeRequest gives, with its place, or None."""
    return WaterContract.objects.select_related("delivery_point", "profile").filter(reference=request.reference).first()


def code_counts():
    """Return {attached, with_code, without_code, terminated}: where the contracts stand, before issuing codes."""
    valid = Exists(ActivationCode.objects.filter(contract=OuterRef("pk"), used_at=None, voided_at=None))
    return WaterContract.objects.annotate(has_code=valid).aggregate(
        attached=Count("pk", filter=Q(profile__isnull=False)),
        terminated=Count("pk", filter=Q(profile=None, terminated_on__isnull=False)),
        with_code=Count("pk", filter=Q(profile=None, terminated_on=None, has_code=True)),
        without_code=Count("pk", filter=Q(profile=None, terminated_on=None, has_code=False)),
    )


# Contracts opened and terminated -------------------------------------------------------------------------------------


def delivery_points_at(*, serial_number="", address="", postcode="", town=""):
    """Return the DeliveryPoints (ten at most) of the meter in place `serial_number`, else those at this address.

    Blanks, case and accents count for nothing; an address without a town finds nothing.
    """
    if serial := "".join(serial_number.split()):
        found = DeliveryPoint.objects.filter(meters__serial_number__iexact=serial, meters__removed_on=None)
        if points := list(found.distinct()[:10]):
            return points
    if not (address.strip() and town.strip()):
        return []
    near = DeliveryPoint.objects.filter(postcode=postcode) if postcode.strip() else DeliveryPoint.objects.all()
    # Towns hold some thousands of places: the street's number narrows them, the words are compared here.
    number = next((word for word in address.replace(",", " ").split() if word[0].isdigit()), "")
    wanted = (_plain(address), _plain(town))
    rows = near.filter(address__icontains=number).values_list("pk", "address", "town").iterator()
    pks = [pk for pk, *place in rows if tuple(map(_plain, place)) == wanted]
    return list(DeliveryPoint.objects.filter(pk__in=pks[:10]))


def _plain(text):
    """`text` without accents, case or punctuation: « 3, rue de l’Église » is « 3 rue de l eglise »."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join(kept.split())


def running_contract_at(delivery_point, *, on):
    """Return the contract of `delivery_point` that runs on the date `on` or will later, or None."""
    ends_later = Q(terminated_on=None) | Q(terminated_on__gt=on)
    return WaterContract.objects.filter(ends_later, delivery_point=delivery_point).order_by("-pk").first()


def meter_in_place(delivery_point, *, on=None):
    """Return the Meter now at `delivery_point` (an object or a primary key), or on the date `on`; None without.

    On the day of a replacement, it is the new one.
    """
    meters = Meter.objects.filter(delivery_point=delivery_point)
    if on is None:
        meters = meters.filter(removed_on=None)
    else:
        there, not_gone = Q(installed_on=None) | Q(installed_on__lte=on), Q(removed_on=None) | Q(removed_on__gte=on)
        meters = meters.filter(there, not_gone)
    return meters.order_by(
        F("removed_on").desc(nulls_first=True), F("installed_on").desc(nulls_last=True), "-pk"
    ).first()


def readings_around(meter, day):
    """Return the (last before, first after) the date `day` of the accepted MeterReadings of `meter`; None for none.

    Estimates are left out: a true index is right against them.
    """
    read = MeterReading.objects.filter(meter=meter, state=ReadingState.ACCEPTED).exclude(source=ReadingSource.ESTIMATED)
    return (
        read.filter(read_on__lt=day).order_by("-read_on").first(),
        read.filter(read_on__gt=day).order_by("read_on").first(),
    )
