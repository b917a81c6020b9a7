"""Subscribers: a contract, its delivery point, its meter, the last reading, and the activation code of its letter."""

import re
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from water.enums import ReadingSource, Service
from water.models import ActivationCode, DeliveryPoint, Meter, MeterReading, WaterContract
from water.services.codes import digest_of

from ..enums import ImportKind
from .base import Importer, display
from .subscriber_columns import SubscribersResource

_POSTCODE_FIRST = re.compile(r"(\d{5})\s+(\S.*)")


class SubscribersImporter(Importer):
    kind = ImportKind.SUBSCRIBERS
    title = "Abonnés de l’eau"
    explanation = (
        "Un contrat par ligne : sa référence, son titulaire, l’adresse desservie, le compteur et la dernière relève. "
        "Un contrat déjà rattaché à un compte le reste."
    )
    resource_class = SubscribersResource
    models = (DeliveryPoint, WaterContract, Meter, MeterReading, ActivationCode)
    folded = ("holder_first_name",)

    def clean(self, number, cells, columns):
        row = super().clean(number, cells, columns)
        # Whatever happens to the row, its code must not reach the database.
        row.values.pop("activation_code", None)
        return row

    def tidy(self, row, titles):
        values = row.values
        if width := self.options.get("reference_width"):
            reference = values["reference"]
            if reference.isascii() and reference.isdigit():
                values["reference"] = reference.zfill(width)
        if first := values.pop("holder_first_name", None):
            values["holder_name"] = f"{values['holder_name']} {first}"[:200]
        if "postcode" not in values and (match := _POSTCODE_FIRST.fullmatch(values["town"])):
            values["postcode"], values["town"] = match[1], match[2]
        start, end = values.get("subscribed_on"), values.get("terminated_on")
        if start and end and end < start:
            row.refuse(
                "La résiliation précède l’abonnement. Corrigez l’une des deux dates.",
                field="terminated_on",
                column=titles["terminated_on"],
                value=f"{end:%d/%m/%Y}",
            )
        if (digits := values.get("meter_digits")) and digits > 9:
            row.refuse(
                "Un compteur a de 3 à 9 chiffres. Corrigez la valeur.",
                field="meter_digits",
                column=titles["meter_digits"],
                value=digits,
            )
        if (diameter := values.get("meter_diameter")) and diameter > 1000:
            row.refuse(
                "Ce diamètre n’est pas plausible : il se compte en millimètres. Corrigez la valeur.",
                field="meter_diameter",
                column=titles["meter_diameter"],
                value=diameter,
            )
        self._tidy_reading(row, titles)
        if code := values.pop("activation_code", None):
            if sum(map(str.isalnum, code)) < 6:
                row.refuse(
                    "Un code d’activation compte au moins 6 lettres ou chiffres. Corrigez-le, ou videz la cellule.",
                    field="activation_code",
                    column=titles["activation_code"],
                    value="••••",
                )
            else:
                values["code_digest"] = digest_of(values["reference"], code)

    def _tidy_reading(self, row, titles):
        values = row.values
        index, read_on = values.get("last_index"), values.get("last_read_on")
        if index is None and read_on is None:
            return
        if index is None or read_on is None:
            row.notices.append("La dernière relève est laissée de côté : il faut à la fois l’index et sa date.")
        elif "meter_serial" not in values:
            row.notices.append("La dernière relève est laissée de côté : le numéro de compteur manque.")
        elif read_on > timezone.localdate():
            row.refuse(
                "Une relève ne peut pas être dans le futur. Corrigez la date.",
                field="last_read_on",
                column=titles["last_read_on"],
                value=f"{read_on:%d/%m/%Y}",
            )
        elif index >= 10 ** (values.get("meter_digits") or 9):
            row.refuse(
                "L’index a plus de chiffres que le compteur. Corrigez l’un des deux.",
                field="last_index",
                column=titles["last_index"],
                value=index,
            )
        else:
            return
        values.pop("last_index", None)
        values.pop("last_read_on", None)

    def title_of(self, values):
        return " · ".join(filter(None, (values.get("reference"), values.get("holder_name"))))

    def shown(self, name, values):
        if name == "activation_code":
            return "fourni" if "code_digest" in values else ""
        if name == "services":
            return _services(values.get(name, ()))
        return super().shown(name, values)

    def keys(self, row):
        values = row.values
        return values["reference"], values.get("point_reference", ""), values.get("meter_serial", "")

    def fingerprint(self, slot, values):
        if slot == "key":
            return values
        if slot == "second_key":  # two contracts may share a place, which has one address
            return [values.get(name) for name in ("address", "postcode", "town")]
        # … and then its meter, with one last reading.
        return [
            values.get(name)
            for name in ("point_reference", "meter_diameter", "meter_digits", "last_index", "last_read_on")
        ] + ([] if values.get("point_reference") else [values["reference"]])

    def duplicate(self, slot, key, other):
        if slot == "key":
            return (
                f"La référence {key} est aussi à la ligne {other}, avec d’autres valeurs. Gardez la bonne ligne, "
                "supprimez l’autre."
            )
        if slot == "second_key":
            return (
                f"Le point de livraison {key} a une autre adresse à la ligne {other}. Donnez la même adresse aux "
                "deux lignes."
            )
        return (
            f"Le compteur {key} est aussi à la ligne {other}, pour un autre contrat. Corrigez le numéro, ou "
            "donnez aux deux "
            "lignes la même référence de point de livraison."
        )

    # Records ------------------------------------------------------------------------------------------------------

    def resolve(self, chunk):
        rows = [row for row in chunk.rows if not row.refused]
        contracts = chunk.load(WaterContract.objects.filter(reference__in={row.values["reference"] for row in rows}))
        meters = chunk.load(
            Meter.objects.filter(serial_number__in={s for row in rows if (s := row.values.get("meter_serial"))})
        )
        wanted = {row.values.get("point_reference") or row.values["reference"] for row in rows}
        held = {record.delivery_point_id for record in (*contracts, *meters)}
        points = chunk.load(DeliveryPoint.objects.filter(Q(reference__in=wanted) | Q(pk__in=held)))
        by_pk = {point.pk: point for point in points}
        for record in (*contracts, *meters):
            record.delivery_point = by_pk[record.delivery_point_id]
        self.contracts = {contract.reference: contract for contract in contracts}
        self.meters = {meter.serial_number: meter for meter in meters}
        self.points = {point.reference: point for point in points}
        days = {day for row in rows if (day := row.values.get("last_read_on"))}
        self.readings = {
            (reading.meter_id, reading.read_on): reading
            for reading in (
                chunk.load(MeterReading.objects.filter(meter__in=meters, read_on__in=days)) if meters and days else ()
            )
        }
        coded = [
            self.contracts[r]
            for row in rows
            if "code_digest" in row.values and (r := row.values["reference"]) in self.contracts
        ]
        self.codes = {}
        for code in chunk.load(ActivationCode.objects.filter(contract__in=coded, voided_at=None)) if coded else ():
            self.codes.setdefault(code.contract_id, []).append(code)

    def put(self, chunk, row):
        values = row.values
        contract = self.contracts.get(values["reference"])
        serial = values.get("meter_serial")
        meter = self.meters.get(serial) if serial else None
        point = self._point_of(values, contract, meter)
        if meter is not None and meter.delivery_point is not point:
            place = meter.delivery_point
            row.refuse(
                f"Ce compteur est déjà posé au point de livraison {place.reference} ({place}). Corrigez le numéro "
                "de compteur, "
                "ou la référence du point de livraison.",
                field="meter_serial",
                column="Numéro de compteur",
                value=serial,
            )
            return False
        if self._dates_reversed(row, contract):
            return False
        place = {name: values.get(name) for name in ("address", "postcode", "town")}
        created = point is None
        point = chunk.put(
            row,
            point,
            place,
            model=DeliveryPoint,
            defaults={"reference": values.get("point_reference") or values["reference"]},
        )
        if created:
            self.points[point.reference] = point
        created = contract is None
        contract = chunk.put(
            row,
            contract,
            {
                "delivery_point": point,
                "holder_name": values["holder_name"],
                "services": values.get("services"),
                "subscribed_on": values.get("subscribed_on"),
                "terminated_on": values.get("terminated_on"),
            },
            model=WaterContract,
            defaults={"reference": values["reference"], "services": [Service.WATER.value]},
            labels={"services": _services},
        )
        self.contracts[contract.reference] = contract
        if serial:
            self._put_meter(chunk, row, point, meter)
        if digest := values.get("code_digest"):
            self._put_code(chunk, row, contract, digest)
        return created

    def _point_of(self, values, contract, meter):
        """The delivery point of a row: the one it names, else its contract's, else its meter's, else one of its own."""
        if named := values.get("point_reference"):
            return self.points.get(named)
        if contract is not None:
            return contract.delivery_point
        if meter is not None:
            return meter.delivery_point
        return self.points.get(values["reference"])

    def _dates_reversed(self, row, contract):
        """Refuse a row whose date contradicts the one that the contract already holds."""
        if contract is None:
            return False
        start = row.values.get("subscribed_on") or contract.subscribed_on
        end = row.values.get("terminated_on") or contract.terminated_on
        if not (start and end and end < start):
            return False
        row.refuse(
            f"Ce contrat serait résilié le {end:%d/%m/%Y}, avant son début le {start:%d/%m/%Y}. Corrigez l’une "
            "des deux dates.",
            field="subscribed_on",
            column="Date d’abonnement",
            value=f"{start:%d/%m/%Y}",
        )
        return True

    def _put_meter(self, chunk, row, point, meter):
        values = row.values
        index, read_on = values.get("last_index"), values.get("last_read_on")
        digits = values.get("meter_digits")
        if digits is None and index is not None:
            # Most meters show 5 digits; one whose index has more shows at least as many.
            shown = len(str(int(index)))
            digits = shown if meter is not None and meter.digits < shown else None
            default_digits = max(5, shown)
        else:
            default_digits = digits or 5
        known = meter is not None
        meter = chunk.put(
            row,
            meter,
            {"diameter_mm": values.get("meter_diameter"), "digits": digits},
            model=Meter,
            defaults={"delivery_point": point, "serial_number": values["meter_serial"], "digits": default_digits},
            news=("nouveau compteur", values["meter_serial"]),
        )
        self.meters[meter.serial_number] = meter
        if index is None:
            return
        slot = (meter.pk if known and meter.pk else meter.serial_number, read_on)
        self.readings[slot] = chunk.put(
            row,
            self.readings.get(slot),
            {"index": Decimal(index)},
            model=MeterReading,
            defaults={"meter": meter, "read_on": read_on, "source": ReadingSource.AGENT},
            news=(f"relève du {read_on:%d/%m/%Y}", display(index)),
        )

    def _put_code(self, chunk, row, contract, digest):
        known = self.codes.get(contract.pk, []) if contract.pk else []
        if any(code.digest == digest for code in known):
            return
        for code in known:
            if code.used_at is None:
                # To the second: undo compares it with what JSON kept.
                now = timezone.now().replace(microsecond=0)
                chunk.put(
                    row, code, {"voided_at": now}, labels={"voided_at": lambda value: "annulé" if value else "valable"}
                )
        values = {"contract": contract, "digest": digest}
        chunk.put(row, None, values, model=ActivationCode, news=("code d’activation", "nouveau code"))

    def keep(self, model, records):
        if model is WaterContract:
            return {
                record.pk: "Ce contrat a été rattaché au compte d’un habitant."
                for record in records
                if record.profile_id is not None
            }
        if model is ActivationCode:
            return {record.pk: "Ce code d’activation a servi." for record in records if record.used_at is not None}
        return {}


def _services(values):
    return ", ".join(str(Service(value).label) for value in values)
