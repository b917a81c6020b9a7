"""The back office of bookings: childcare managers set up, decide and note attendance; the revenue officer sets prices."""

from django.db import migrations

from accounts.rights import ADMINISTRATOR, CHILDCARE_MANAGER, REVENUE_OFFICER, grant_rights

ALL = ("add", "change", "delete", "view")
TARIFFS = [f"booking.{act}_{model}" for model in ("tariff", "tariffversion") for act in ALL]
SET_UP = [f"booking.{act}_{model}" for model in ("facility", "activity", "bookingperiod", "session") for act in ALL]
READ = ["booking.view_reservation", "booking.view_reservationday", "booking.view_enrolment", "booking.view_attendance"]
DECIDE = [
    "booking.decide_reservationday",
    "booking.export_reservationday",
    "booking.decide_enrolment",
    "booking.change_attendance",
]
SETTINGS = ["booking.change_bookingsettings"]
RIGHTS = {
    CHILDCARE_MANAGER: SET_UP + TARIFFS + READ + DECIDE + SETTINGS,
    REVENUE_OFFICER: TARIFFS + ["booking.view_reservation", "booking.view_reservationday"],
    ADMINISTRATOR: SET_UP + TARIFFS + READ + SETTINGS,
}


def grant(apps, schema_editor):
    grant_rights(apps, schema_editor, RIGHTS)


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0001_initial"),
        ("accounts", "0002_group_rights"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
