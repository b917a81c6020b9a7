"""Rows per second of the imports, beside django-import-export's row-by-row mode on the same file in the same run.

Both read the same CSV of subscribers, check it, and write its points, contracts, meters and readings into PostgreSQL.
Row by row means what a ModelResource does when nothing more is asked of it: a dry run that is rolled back (its check),
then the import. Ours: check, then apply, as the worker runs them. Each one is a process of its own, with references of
its own.
"""

import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django

AIM = 10
MEMORY_AIM_MB = 300
# Rows of the file → how many of them go row by row too: 100,000 would take most of an hour. Its speed hardly depends on
# the number of rows (some 37 queries each).
SIZES = {10_000: 10_000, 100_000: 2_500}
HEADER = [
    *("Référence client", "Titulaire", "Adresse de livraison", "Code postal", "Commune", "Numéro de compteur"),
    *("Diamètre du compteur (mm)", "Date d’abonnement", "Services", "Dernier index (m³)", "Date de la dernière relève"),
]


def write_file(path, count, first):
    """Write `count` subscribers, as old software exports them; their references begin at `first`."""
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([label.replace("³", "3") for label in HEADER])
        for number in range(first, first + count):
            writer.writerow(
                [
                    f"{number:08d}",
                    f"DURAND Élise {number}",
                    f"{number % 90 + 1} rue des Tilleuls",
                    "49000",
                    "Vallon-sur-Loire",
                    f"C20FA{number:08d}",
                    "15",
                    f"{number % 28 + 1:02d}/0{number % 9 + 1}/20{10 + number % 14}",
                    "Eau + Assainissement",
                    f"{number % 9000},{number % 10}",
                    f"{number % 28 + 1:02d}/10/2025",
                ]
            )


def ours(path):
    """Check then apply the file through the services; return the seconds of each."""
    from django.core.files import File

    from accounts.models import User
    from imports import services

    by, _ = User.objects.get_or_create(email="banc@example.test", defaults={"is_superuser": True, "is_staff": True})
    with path.open("rb") as file:
        batch = services.upload(by=by, kind="subscribers", file=File(file, name=path.name))
    services.map_columns(by=by, batch=batch, mapping=batch.mapping)
    times = []
    for start in (services.start_check, services.start_apply):
        began = time.perf_counter()
        services.run(start(by=by, batch=batch).pk, seconds=3_600)
        times.append(time.perf_counter() - began)
        batch.refresh_from_db()
    assert batch.state == "applied", (batch.state, batch.error)
    assert batch.counts["create"] == batch.rows_total, batch.counts
    return times


def row_by_row(path, limit):
    """Dry run then import of the first `limit` rows by django-import-export; return the seconds of each."""
    import tablib
    from import_export import fields, resources

    from imports.importers.subscriber_columns import SubscribersResource
    from water.models import DeliveryPoint, Meter, MeterReading, WaterContract

    columns = SubscribersResource().fields

    def field(attribute, name):
        return fields.Field(attribute=attribute, column_name=columns[name].label, widget=columns[name].widget)

    class ContractResource(resources.ModelResource):
        """The same columns and widgets as ours, in import-export's usual way."""

        reference = field("reference", "reference")
        holder_name = field("holder_name", "holder_name")
        services = field("services", "services")
        subscribed_on = field("subscribed_on", "subscribed_on")

        class Meta:
            model = WaterContract
            import_id_fields = ["reference"]
            fields = ["reference", "holder_name", "services", "subscribed_on"]

        def read(self, row, name):
            return columns[name].widget.clean(row[columns[name].label])

        def before_save_instance(self, instance, row, **kwargs):
            place = {name: self.read(row, name) for name in ("address", "postcode", "town")}
            instance.delivery_point, _ = DeliveryPoint.objects.update_or_create(
                reference=instance.reference, defaults=place
            )

        def after_save_instance(self, instance, row, **kwargs):
            meter, _ = Meter.objects.update_or_create(
                serial_number=self.read(row, "meter_serial"),
                defaults={"delivery_point": instance.delivery_point, "diameter_mm": self.read(row, "meter_diameter")},
            )
            MeterReading.objects.update_or_create(
                meter=meter,
                read_on=self.read(row, "last_read_on"),
                defaults={"index": self.read(row, "last_index")},
            )

    with path.open(encoding="cp1252", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))[1 : limit + 1]
    data = tablib.Dataset(*rows, headers=[columns[name].label for name in _names(columns)])
    times = []
    for dry_run in (True, False):
        began = time.perf_counter()
        result = ContractResource().import_data(data, dry_run=dry_run, raise_errors=True, use_transactions=True)
        times.append(time.perf_counter() - began)
    assert result.totals["new"] == len(rows), result.totals
    return times


def _names(columns):
    labels = {field.label: name for name, field in columns.items()}
    return [labels[label] for label in HEADER]


def child(mode, path, limit):
    django.setup()
    times = ours(Path(path)) if mode == "ours" else row_by_row(Path(path), int(limit))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("RESULT", *times, peak)


def measure(mode, path, limit):
    """Run one side in its own process; return (seconds of check, seconds of write, peak memory in MB)."""
    command = [sys.executable, "-m", "benchmarks.imports", mode, str(path), str(limit)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    line = next(line for line in output.splitlines() if line.startswith("RESULT"))
    return [float(figure) for figure in line.split()[1:]]


def main():
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    print("Imports of subscribers (a contract, its point, its meter, a reading a row), PostgreSQL\n")
    print(f"{'rows':>8}  {'who':<42} {'check':>8} {'write':>8} {'rows/s':>8} {'peak MB':>8}")
    first, reached = 1, True
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        for count, sample in SIZES.items():
            speeds = {}
            for mode, limit in (("row", sample), ("ours", count)):
                path = Path(folder) / f"{mode}-{count}.csv"
                # The same lines but for their references: the second side must not find the first one's records.
                write_file(path, count, first)
                first += count
                check, write, peak = measure(mode, path, limit)
                speeds[mode] = limit / (check + write)
                who = "check + apply, in chunks" if mode == "ours" else "django-import-export, row by row"
                if mode == "row" and limit < count:
                    who += f" ({limit:,} first)"
                print(f"{count:>8,}  {who:<42} {check:>7.1f}s {write:>7.1f}s {speeds[mode]:>8,.0f} {peak:>8.0f}")
                reached &= mode == "row" or peak < MEMORY_AIM_MB
            ratio = speeds["ours"] / speeds["row"]
            reached &= ratio >= AIM
            print(f"{'':>8}  ratio: {ratio:.1f} times (aim: {AIM})\n")
    print(f"Aims ({AIM} times, under {MEMORY_AIM_MB} MB): {'reached' if reached else 'MISSED'}")


if __name__ == "__main__":
    child(*sys.argv[1:]) if len(sys.argv) > 1 else main()
