"""Readings: the figure of a meter on a date, found by the meter's number or by its contract's reference."""

from datetime import date

from django.utils import timezone

from water.enums import ReadingSource
from water.models import Meter, MeterReading, WaterContract

from ..enums import ImportKind
from . import columns
from .base import CellField, CellResource, Importer, display

_SOURCES = {
    ReadingSource.AGENT.value: ("agent", "relève", "relevé", "releveur", "réel", "réelle", "r"),
    ReadingSource.RESIDENT.value: ("auto relève", "autorelève", "abonné", "usager", "client"),
    ReadingSource.REMOTE.value: ("télérelève", "radio", "radiorelève", "t"),
    ReadingSource.ESTIMATED.value: ("estimation", "estimée", "estimé", "e"),
}


class ReadingsResource(CellResource):
    meter_serial = CellField(
        "meter_serial",
        "Numéro de compteur",
        columns.reference(),
        synonyms=(
            "compteur",
            "n° compteur",
            "no cpt",
            "n° de série",
            "numéro de série",
            "matricule compteur",
            "série compteur",
        ),
        help_text="Ou la référence client : l’une des deux colonnes suffit.",
        example="C20FA004512",
    )
    customer_reference = CellField(
        "customer_reference",
        "Référence client",
        columns.reference(),
        synonyms=(
            "référence",
            "ref client",
            "n° client",
            "code client",
            "n° abonné",
            "n° contrat",
            "référence abonné",
            "code abonné",
            "matricule",
        ),
        help_text="Sert quand le numéro de compteur manque, si le contrat n’a qu’un compteur.",
        example="00004512",
    )
    read_on = CellField(
        "read_on",
        "Date de relève",
        columns.day(),
        required=True,
        synonyms=("date", "date relève", "date index", "relevé le", "date du relevé", "date relevé"),
        example="12/10/2026",
    )
    index = CellField(
        "index",
        "Index (m³)",
        columns.amount(places=3, minimum=0),
        required=True,
        synonyms=("index", "nouvel index", "index relevé", "relevé", "index compteur", "valeur"),
        example="642",
    )
    source = CellField(
        "source",
        "Origine",
        columns.one_choice(_SOURCES),
        synonyms=("type de relève", "mode de relève", "type relevé", "nature"),
        help_text="Agent, auto-relève, télérelève ou estimation. Sans cette colonne : relève par un agent.",
        example="Agent",
    )


class ReadingsImporter(Importer):
    kind = ImportKind.READINGS
    title = "Relèves de compteurs"
    explanation = (
        "Une relève par ligne : le compteur (ou la référence client), la date et l’index. Les compteurs doivent "
        "déjà être "
        "connus du portail : importez d’abord les abonnés."
    )
    resource_class = ReadingsResource
    models = (MeterReading,)

    def missing(self, mapping):
        missing = super().missing(mapping)
        if mapping.get("meter_serial") is None and mapping.get("customer_reference") is None:
            missing.append(
                ("meter_serial", "Indiquez la colonne du numéro de compteur, ou celle de la référence client.")
            )
        return missing

    def tidy(self, row, titles):
        values = row.values
        if width := self.options.get("reference_width"):
            reference = values.get("customer_reference", "")
            if reference.isascii() and reference.isdigit():
                values["customer_reference"] = reference.zfill(width)
        if not values.get("meter_serial") and not values.get("customer_reference"):
            row.refuse(
                "Ni le compteur ni la référence client ne sont indiqués. Complétez l’un des deux.",
                field="meter_serial",
                column=titles.get("meter_serial") or titles.get("customer_reference"),
            )
        elif values["read_on"] > timezone.localdate():
            row.refuse(
                "Une relève ne peut pas être dans le futur. Corrigez la date.",
                field="read_on",
                column=titles["read_on"],
                value=f"{values['read_on']:%d/%m/%Y}",
            )

    def title_of(self, values):
        return " · ".join(filter(None, (values.get("meter_serial"), values.get("customer_reference"))))

    def shown(self, name, values):
        if name == "source":
            return str(ReadingSource(values[name]).label) if name in values else ""
        return super().shown(name, values)

    def keys(self, row):
        # The same meter may be named by its number on one row, by its contract on another.
        meter = row.found.get("meter")
        return (f"{meter.pk}|{row.values['read_on']}" if meter else "", "", "")

    def fingerprint(self, slot, values):
        return [values["index"], values.get("source")]

    def duplicate(self, slot, key, other):
        return (
            f"La ligne {other} donne un autre index pour ce compteur à cette date. Gardez la bonne ligne, "
            "supprimez l’autre."
        )

    def resolve(self, chunk):
        rows = [row for row in chunk.rows if not row.refused]
        serials = {serial for row in rows if (serial := row.values.get("meter_serial"))}
        references = {row.values["customer_reference"] for row in rows if not row.values.get("meter_serial")}
        meters = chunk.load(Meter.objects.filter(serial_number__in=serials))
        by_serial = {meter.serial_number: meter for meter in meters}
        by_reference = {}
        if references:
            places = dict(
                WaterContract.objects.filter(reference__in=references).values_list("reference", "delivery_point_id")
            )
            by_place = {}
            for meter in chunk.load(Meter.objects.filter(delivery_point__in=set(places.values()), removed_on=None)):
                by_place.setdefault(meter.delivery_point_id, []).append(meter)
            by_reference = {reference: by_place.get(place, []) for reference, place in places.items()}
        for row in rows:
            row.found["meter"] = self._meter_of(row, by_serial, by_reference)
        found = {meter.pk: meter for row in rows if (meter := row.found["meter"])}
        days = {row.values["read_on"] for row in rows}
        self.readings = {
            (reading.meter_id, reading.read_on): reading
            for reading in chunk.load(MeterReading.objects.filter(meter__in=found, read_on__in=days))
        }
        # Only the figures: a chunk's meters may have years of readings.
        self.history = {}
        for meter, day, index in (
            MeterReading.objects.filter(meter__in=found)
            .order_by()
            .values_list("meter_id", "read_on", "index")
            .iterator()
        ):
            self.history.setdefault(meter, []).append((day, index))

    def _meter_of(self, row, by_serial, by_reference):
        serial, reference = row.values.get("meter_serial"), row.values.get("customer_reference")
        if serial:
            if serial not in by_serial:
                row.refuse(
                    "Ce compteur est inconnu du portail. Importez d’abord les abonnés, ou corrigez le numéro.",
                    field="meter_serial",
                    column="Numéro de compteur",
                    value=serial,
                )
            return by_serial.get(serial)
        meters = by_reference.get(reference)
        if meters is None:
            text = "Aucun contrat ne porte cette référence. Importez d’abord les abonnés, ou corrigez la référence."
        elif not meters:
            text = "Ce contrat n’a pas de compteur. Importez d’abord les abonnés avec leur compteur."
        elif len(meters) > 1:
            numbers = ", ".join(sorted(meter.serial_number for meter in meters))
            text = f"Ce contrat a plusieurs compteurs ({numbers}). Indiquez le numéro de compteur."
        else:
            return meters[0]
        row.refuse(text, field="customer_reference", column="Référence client", value=reference)
        return None

    def put(self, chunk, row):
        values, meter = row.values, row.found["meter"]
        index, day = values["index"], values["read_on"]
        if index >= 10**meter.digits:
            row.refuse(
                f"Cet index a plus de chiffres que le compteur {meter.serial_number}, qui en a {meter.digits}. "
                "Corrigez l’index.",
                field="index",
                column="Index (m³)",
                value=index,
            )
            return False
        self._notice_backwards(row, meter, day, index)
        known = self.readings.get((meter.pk, day))
        self.readings[meter.pk, day] = chunk.put(
            row,
            known,
            {"index": index, "source": values.get("source")},
            model=MeterReading,
            defaults={"meter": meter, "read_on": day, "source": ReadingSource.AGENT},
            labels={"source": lambda value: str(ReadingSource(value).label)},
        )
        return known is None

    def _notice_backwards(self, row, meter, day, index):
        """An index lower than an older one is a rollover, a new meter, or a mistake: the clerk looks."""
        earlier = max((entry for entry in self.history.get(meter.pk, ()) if entry[0] < day), default=(date.min, None))
        if earlier[1] is not None and index < earlier[1]:
            row.notices.append(
                f"L’index recule : {display(earlier[1])} m³ avaient été relevés le {earlier[0]:%d/%m/%Y}."
            )
