"""J’emménage opens a contract at the place found by its meter or its address; je déménage terminates one; je relève
mon compteur records an index."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from theme.formats import number
from water import queries
from water.enums import ReadingState
from water.models import DeliveryPoint, Meter, WaterContract
from water.services import contracts, readings

from ..enums import FieldKind
from . import read
from .base import Handler, asks

INDEX = (FieldKind.METER_INDEX, FieldKind.NUMBER)
NO_METER = gettext_lazy("Aucun compteur n’est en place à cette adresse : l’index n’est pas enregistré.")


@dataclass(frozen=True, slots=True)
class Opening:
    point: DeliveryPoint
    meter: Meter | None
    holder_name: str
    starts_on: dt.date
    index: Decimal | None


class OpenContract(Handler):
    key = "open_contract"
    label = gettext_lazy("Ouvrir un contrat d’eau")
    explanation = gettext_lazy(
        "Ouvre un contrat au point de livraison trouvé par le numéro de compteur, sinon par l’adresse, le rattache au "
        "compte du demandeur et enregistre le premier index."
    )
    needs_profile = True
    inputs = (
        asks("starts_on", gettext_lazy("Date d’entrée dans les lieux"), FieldKind.DATE),
        asks("address", gettext_lazy("Adresse du logement"), FieldKind.ADDRESS),
        asks("meter", gettext_lazy("Numéro du compteur"), FieldKind.SHORT_TEXT, required=False),
        asks("index", gettext_lazy("Index à l’entrée"), *INDEX, required=False),
        asks("holder", gettext_lazy("Nom du titulaire"), FieldKind.SHORT_TEXT, required=False),
    )

    def prepare(self, case, values):
        point = self._place(values)
        starts_on = read.date(values["starts_on"])
        running = queries.running_contract_at(point, on=starts_on)
        if running and (running.profile_id, running.subscribed_on) != (case.profile_id, starts_on):
            raise ValidationError(contracts.taken_sentence(running))
        return Opening(
            point=point,
            meter=queries.meter_in_place(point, on=starts_on),
            holder_name=values["holder"] or case.applicant or case.profile.name,
            starts_on=starts_on,
            index=read.index(values["index"]),
        )

    @staticmethod
    def _place(values):
        address = values["address"] if isinstance(values["address"], dict) else {}
        found = queries.delivery_points_at(
            serial_number=values["meter"] or "",
            address=address.get("address", ""),
            postcode=address.get("postcode", ""),
            town=address.get("town", ""),
        )
        if not found:
            raise ValidationError(
                _("Aucun point de livraison ne correspond au compteur ni à l’adresse du dossier : faites-les corriger.")
            )
        if len(found) > 1:
            raise ValidationError(
                _("Plusieurs points de livraison sont à cette adresse : demandez le numéro du compteur.")
            )
        return found[0]

    def describe(self, plan):
        sentences = [
            _("Accepter ouvre un contrat d’eau au nom de %(name)s, %(place)s, à partir du %(day)s.")
            % {"name": plan.holder_name, "place": plan.point, "day": read.day_words(plan.starts_on)},
            _("Il est rattaché au compte du demandeur, qui le voit aussitôt dans « Mes contrats »."),
        ]
        return [*sentences, *_index_words(plan.index, plan.starts_on, plan.meter, _("Le premier index"))]

    def perform(self, plan, *, case, by):
        done = contracts.open_contract(
            by=by,
            profile=case.profile,
            delivery_point=plan.point,
            holder_name=plan.holder_name,
            starts_on=plan.starts_on,
            index=plan.index if plan.meter else None,
        )
        sentence = _("Le contrat %(reference)s est ouvert au %(day)s, %(place)s.") % {
            "reference": done.contract,
            "day": read.day_words(plan.starts_on),
            "place": plan.point,
        }
        return _with_reading(sentence, done.reading), _sheet(done.contract)


@dataclass(frozen=True, slots=True)
class Termination:
    contract: WaterContract
    meter: Meter | None
    ends_on: dt.date
    index: Decimal | None


class TerminateContract(Handler):
    key = "terminate_contract"
    label = gettext_lazy("Résilier un contrat d’eau")
    explanation = gettext_lazy("Résilie le contrat à la date de départ et enregistre l’index de clôture.")
    needs_profile = True
    inputs = (
        asks("contract", gettext_lazy("Contrat à résilier"), FieldKind.CONTRACT),
        asks("ends_on", gettext_lazy("Date de départ"), FieldKind.DATE),
        asks("index", gettext_lazy("Index de clôture"), *INDEX, required=False),
    )

    def prepare(self, case, values):
        contract = read.contract(case, values["contract"])
        ends_on = read.date(values["ends_on"])
        if contract.terminated_on and contract.terminated_on != ends_on:
            raise ValidationError(contracts.terminated_sentence(contract))
        if contract.subscribed_on and ends_on < contract.subscribed_on:
            message = _("Le contrat %(reference)s a commencé le %(day)s, après la date de départ du dossier.")
            raise ValidationError(message % {"reference": contract, "day": read.day_words(contract.subscribed_on)})
        meter = queries.meter_in_place(contract.delivery_point_id, on=ends_on)
        return Termination(contract, meter, ends_on, read.index(values["index"]))

    def describe(self, plan):
        sentence = _("Accepter résilie le contrat %(reference)s, %(place)s, au %(day)s.") % {
            "reference": plan.contract,
            "place": plan.contract.delivery_point,
            "day": read.day_words(plan.ends_on),
        }
        return [sentence, *_index_words(plan.index, plan.ends_on, plan.meter, _("L’index de clôture"))]

    def perform(self, plan, *, case, by):
        done = contracts.terminate_contract(
            by=by, contract=plan.contract, ends_on=plan.ends_on, index=plan.index if plan.meter else None
        )
        sentence = _("Le contrat %(reference)s est résilié au %(day)s.") % {
            "reference": done.contract,
            "day": read.day_words(plan.ends_on),
        }
        return _with_reading(sentence, done.reading), _sheet(done.contract)


@dataclass(frozen=True, slots=True)
class SelfReading:
    contract: WaterContract
    meter: Meter
    read_on: dt.date
    index: Decimal


class RecordReading(Handler):
    key = "record_reading"
    label = gettext_lazy("Enregistrer une relève de compteur")
    explanation = gettext_lazy("Enregistre l’index donné par l’usager ; inférieur au précédent, il est à vérifier.")
    needs_profile = True
    inputs = (
        asks("contract", gettext_lazy("Contrat"), FieldKind.CONTRACT),
        asks("read_on", gettext_lazy("Date de la relève"), FieldKind.DATE),
        asks("index", gettext_lazy("Index"), *INDEX),
    )

    def prepare(self, case, values):
        contract = read.contract(case, values["contract"])
        read_on = read.date(values["read_on"])
        meter = queries.meter_in_place(contract.delivery_point_id, on=read_on)
        if meter is None:
            raise ValidationError(readings.NO_METER)
        return SelfReading(contract, meter, read_on, read.index(values["index"]))

    def describe(self, plan):
        return _index_words(plan.index, plan.read_on, plan.meter, _("L’index"))

    def perform(self, plan, *, case, by):
        done = readings.record_reading(by=by, contract=plan.contract, read_on=plan.read_on, index=plan.index)
        sentence = _("La relève du %(day)s est enregistrée.") % {"day": read.day_words(plan.read_on)}
        return _with_reading(sentence, done), _sheet(plan.contract)


def _index_words(index, day, meter, name):
    """What becomes of the index, before it is done."""
    if index is None:
        return [_("Le dossier ne donne pas d’index : il sera à relever sur place.")]
    if day > timezone.localdate():
        return [
            _("L’index du dossier, %(index)s m³, est d’avant cette date : il n’est pas enregistré, et sera à relever.")
            % {"index": number(index)}
        ]
    if meter is None:
        return [str(NO_METER)]
    return [
        _("%(name)s, %(index)s m³, est enregistré sur le compteur %(meter)s.")
        % {"name": name, "index": number(index), "meter": meter}
    ]


def _with_reading(sentence, reading):
    if reading is None:
        return sentence
    message = _("Index de %(index)s m³ enregistré sur le compteur %(meter)s.")
    if reading.state == ReadingState.HELD:
        message = _(
            "Index de %(index)s m³ enregistré, à vérifier : il est inférieur au précédent du compteur %(meter)s."
        )
    return f"{sentence} {message % {'index': number(reading.index), 'meter': reading.meter}}"


def _sheet(contract):
    return reverse("wagtailsnippets_water_watercontract:inspect", args=[contract.pk])
