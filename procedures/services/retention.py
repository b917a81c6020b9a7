"""Cases are erased when their procedure says, with their files and messages; dates and outcome stay for figures."""

import logging

from django.utils import timezone

from billing.conflicts import retry_on_conflict
from documents.models import StoredFile
from documents.services import folders, uploads

from ..enums import FINAL, CaseState
from ..models import Case, CaseMessage, ErasedCase, ProcedurePage

logger = logging.getLogger(__name__)
# Erased together: a transaction of a night keeps nobody waiting.
BATCH = 100


def purge_closed(now=None):
    """Erase the cases that ended longer ago than their procedure keeps them; returns how many. Safe to run twice."""
    now = now or timezone.now()
    count = 0
    for months in sorted(set(ProcedurePage.objects.values_list("retention_months", flat=True))):
        limit = months_before(now, months)
        old = Case.objects.filter(page__retention_months=months, state__in=FINAL, decided_at__lt=limit)
        while done := erase(old):
            count += done
    if count:
        logger.info("cases erased", extra={"count": count})
    return count


def months_before(moment, months):
    """Return the same local day and time `months` earlier; the last day of a month that is too short."""
    local = timezone.localtime(moment)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    for day in range(local.day, 0, -1):
        try:
            return local.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise ValueError(moment)


@retry_on_conflict
def erase(cases):
    """Erase up to a hundred of the queryset `cases`, with what nothing else needs of their files; returns how many.

    A filed case leaves an ErasedCase. Letters that it gave stay in « Mes documents »: they are their holder's.
    """
    pks = list(cases.order_by("pk").values_list("pk", flat=True)[:BATCH])
    # Asked again once locked: a draft may have been filed meanwhile.
    found = list(cases.filter(pk__in=pks).select_for_update(of=("self",)).order_by("pk"))
    pks = [case.pk for case in found]
    if not pks:
        return 0
    ErasedCase.objects.bulk_create(_trace(case) for case in found if case.state != CaseState.DRAFT)
    files = _files_of(pks)
    Case.objects.filter(pk__in=pks).delete()
    for pk in pks:
        folders.withdraw(prefix=f"procedures.case:{pk}:")
    # Those that something still points to stay: `erase` looks.
    uploads.erase(StoredFile.objects.filter(pk__in=files))
    return len(pks)


def _trace(case):
    return ErasedCase(
        page_id=case.page_id,
        department_id=case.department_id,
        channel=case.channel,
        state=case.state,
        status_label=case.status_label,
        filed_at=case.filed_at,
        due_on=case.due_on,
        decided_at=case.decided_at,
    )


def _files_of(pks):
    """The keys of the files that the cases `pks` named: answers, messages, letters, receipts."""
    cases = Case.objects.filter(pk__in=pks)
    sources = [
        cases.values_list("files", flat=True),
        cases.values_list("documents__file", flat=True),
        cases.values_list("receipt", flat=True),
        CaseMessage.objects.filter(case__in=pks).values_list("files", flat=True),
    ]
    return {pk for source in sources for pk in source if pk is not None}
