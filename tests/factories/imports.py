"""A clerk's files, and how far she took them."""

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile

from imports import services
from imports.mapping import guesses_of

from .accounts import UserFactory

SUBSCRIBERS = [
    "Référence client",
    "Titulaire",
    "Adresse de livraison",
    "Code postal",
    "Commune",
    "Numéro de compteur",
    "Date d’abonnement",
    "Services",
    "Dernier index (m³)",
    "Date de la dernière relève",
]
READINGS = ["Numéro de compteur", "Date de relève", "Index (m³)"]
INVOICES = [
    "Numéro de facture",
    "Référence client",
    "Date d’émission",
    "Date d’échéance",
    "Montant HT",
    "TVA",
    "Montant TTC",
    "Montant déjà réglé",
]


def clerk(**fields):
    """A data clerk."""
    user = UserFactory(is_staff=True, **fields)
    user.groups.add(Group.objects.get(name="Gestionnaire de données"))
    return user


def csv_file(header, rows, name="export.csv", encoding="utf-8-sig"):
    """A CSV file as a clerk sends it: `rows` are lists of texts."""
    lines = [";".join(str(cell) for cell in row) for row in [header, *rows]]
    return SimpleUploadedFile(name, ("\r\n".join(lines) + "\r\n").encode(encoding), content_type="text/csv")


def subscriber(number, **changes):
    """The row of a subscriber; `changes` by the name of a field below."""
    row = {
        "reference": f"{number:08d}",
        "holder": f"DURAND Camille {number}",
        "address": f"{number} rue des Tilleuls",
        "postcode": "49000",
        "town": "Vallon-sur-Loire",
        "meter": f"C20FA{number:06d}",
        "subscribed_on": "10/01/2022",
        "services": "Eau + Assainissement",
        "index": f"{100 + number}",
        "read_on": "12/10/2025",
    }
    assert set(changes) <= set(row), "unknown field"
    return list({**row, **changes}.values())


def invoice(number, customer, **changes):
    """The row of an invoice of 105,50 €; `changes` by the name of a field below."""
    row = {
        "number": number,
        "customer": customer,
        "issued_on": "05/07/2026",
        "due_on": "05/08/2026",
        "net": "100,00",
        "vat": "5,50",
        "gross": "105,50",
        "paid": "0,00",
    }
    assert set(changes) <= set(row), "unknown field"
    return list({**row, **changes}.values())


def uploaded(by, kind, file, **more):
    """A batch whose columns are chosen as they were recognised."""
    batch = services.upload(by=by, kind=kind, file=file, **more)
    mapping = {name: guess.position for name, guess in guesses_of(batch).items()}
    return services.map_columns(by=by, batch=batch, mapping=mapping, reference_width=None)


def checked(by, kind, file, **more):
    """A batch that was checked."""
    batch = services.start_check(by=by, batch=uploaded(by, kind, file, **more))
    services.run(batch.pk)
    batch.refresh_from_db()
    return batch


def applied(by, kind, file, **more):
    """A batch that was applied; the warning of many changes is confirmed."""
    batch = services.start_apply(by=by, batch=checked(by, kind, file, **more), confirm_changes=True)
    services.run(batch.pk)
    batch.refresh_from_db()
    return batch


def undone(by, batch):
    """A batch that was applied, then taken back."""
    services.start_undo(by=by, batch=batch)
    services.run(batch.pk)
    batch.refresh_from_db()
    return batch


def snapshot():
    """Everything that imports write, by its natural keys: two runs that did the same have the same."""
    from billing.models import Invoice
    from water.models import ActivationCode, DeliveryPoint, Meter, MeterReading, WaterContract

    return {
        "points": list(
            DeliveryPoint.objects.order_by("reference").values_list("reference", "address", "postcode", "town")
        ),
        "contracts": list(
            WaterContract.objects.order_by("reference").values_list(
                *(
                    "reference",
                    "delivery_point__reference",
                    "holder_name",
                    "services",
                    "subscribed_on",
                    "terminated_on",
                ),
                "profile",
            )
        ),
        "meters": list(
            Meter.objects.order_by("serial_number").values_list(
                "serial_number", "delivery_point__reference", "diameter_mm", "digits", "removed_on"
            )
        ),
        "readings": list(
            MeterReading.objects.order_by("meter__serial_number", "read_on").values_list(
                "meter__serial_number", "read_on", "index", "source", "state"
            )
        ),
        "codes": list(
            ActivationCode.objects.order_by("contract__reference", "digest").values_list(
                "contract__reference", "digest", "used_at", "voided_at"
            )
        ),
        "invoices": list(
            Invoice.objects.order_by("number").values_list(
                *("number", "customer_reference", "profile", "issued_on", "due_on", "net", "vat", "gross"),
                *("paid_at_source", "holder_name", "holder_address"),
            )
        ),
    }
