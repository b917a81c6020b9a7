"""The queue, worked off in this process: for loading the demonstration, before any worker runs, and for the tests."""

from django.utils.module_loading import import_string
from django_q.models import OrmQ
from django_q.signing import SignedPackage


def work_off():
    """Run the queued tasks in order, and those that they queue, until none is left; return how many ran."""
    count = 0
    while row := OrmQ.objects.order_by("pk").first():
        task = SignedPackage.loads(row.payload)
        row.delete()
        import_string(task["func"])(*task["args"], **task["kwargs"])
        count += 1
    return count
