"""The cases leave as a spreadsheet: with the right, written in the audit log, made by the queue when there are many."""

import datetime as dt
import logging
from decimal import Decimal, InvalidOperation
from tempfile import TemporaryFile

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.tasks import async_task
from wagtail.log_actions import log

from documents.spreadsheets import to_csv, to_xlsx

from .. import perms
from ..conditions import is_empty
from ..enums import NO_ANSWER, ExportState, FieldKind
from ..filters import filters_of
from ..forms import context_of_cases, shown_text
from ..models import Case, CaseExport, ProcedureVersion
from ..queries import worklist as queries
from .views import QUERY_LENGTH, TOO_LONG

logger = logging.getLogger(__name__)

# Made at once up to here; more than that, the queue makes it.
SMALL = 200
CHUNK = 500
KEPT = dt.timedelta(days=1)
HEADERS = [
    "Numéro",
    "Démarche",
    "Demandeur",
    "Courriel",
    "Profil",
    "Origine",
    "Déposé le",
    "Étape",
    "Statut",
    "Service",
    "Instructeur",
    "À traiter avant le",
    "Terminé le",
    "Jours jusqu’à la décision",
]


def ask_export(*, by, query, page=None, format="xlsx"):
    """Write down that `by` exports the cases that `query` finds in its worklist; returns the CaseExport.

    With `page`, only its cases, and their answers as columns. A small one is ready on return; the queue makes the
    others. Raises PermissionDenied without the right, ValidationError when there is nothing to export.
    """
    if not perms.can_export(by):
        raise PermissionDenied
    export = CaseExport(made_by=by, query=filters_of(query).to_query(), page=page, format=format)
    if len(export.query) > QUERY_LENGTH:
        raise ValidationError(TOO_LONG)
    export.rows_total = _cases(export).count()
    if not export.rows_total:
        raise ValidationError(_("Il n’y a aucun dossier à exporter."))
    small = export.rows_total <= SMALL
    with transaction.atomic():
        export.save()
        data = {"cases": export.rows_total, "answers": page is not None, "format": format}
        log(instance=export, action="procedures.cases.export", user=by, title=str(export), data=data)
        if not small:
            async_task("procedures.tasks.make_export", export.pk)
    if small:
        make_export(export_id=export.pk)
        export.refresh_from_db()
    return export


def make_export(*, export_id):
    """Make the file of an export; nothing when it is already made. Safe to run twice: the last file is kept."""
    export = CaseExport.objects.select_related("made_by", "page").filter(pk=export_id).first()
    if export is None or export.state == ExportState.DONE:
        return
    CaseExport.objects.filter(pk=export.pk).update(state=ExportState.RUNNING, rows_done=0)
    try:
        # The right may have gone since it was asked for.
        if not perms.can_export(export.made_by):
            raise PermissionDenied
        with _file_of(export) as content:
            export.file.save(f"dossiers.{export.format}", File(content), save=False)
    except Exception:
        CaseExport.objects.filter(pk=export.pk).update(state=ExportState.FAILED, done_at=timezone.now())
        logger.exception("export of cases failed", extra={"export": export.pk})
        return
    _finish(export)


@transaction.atomic
def _finish(export):
    """Keep the file just made; that of another worker, who was faster, makes place for it."""
    former = CaseExport.objects.select_for_update().filter(pk=export.pk).first()
    if former is None:
        # Erased meanwhile: nobody will ask for the file.
        export.file.delete(save=False)
        return
    if former.file:
        name, storage = former.file.name, former.file.storage
        transaction.on_commit(lambda: storage.delete(name))
    export.state, export.done_at, export.rows_done = ExportState.DONE, timezone.now(), export.rows_total
    export.save(update_fields=["file", "state", "done_at", "rows_done"])


def purge(now=None):
    """Erase the exports of more than a day, with their files; returns how many."""
    old = list(CaseExport.objects.filter(created_at__lt=(now or timezone.now()) - KEPT))
    for export in old:
        with transaction.atomic():
            if export.file:
                name, storage = export.file.name, export.file.storage
                transaction.on_commit(lambda name=name, storage=storage: storage.delete(name))
            export.delete()
    return len(old)


# The rows -------------------------------------------------------------------------------------------------------------


def _cases(export):
    """The cases of an export, in the order of its list."""
    user, filters = export.made_by, filters_of(export.query)
    scope = {"user": user, "departments": queries.departments_of(user), "today": timezone.localdate()}
    cases = queries.found(filters, perms.reviewable_cases(user), **scope)
    if export.page_id:
        cases = cases.filter(page=export.page_id)
    return queries.sort(cases, filters.order)


def _file_of(export):
    """Return a file, open at its beginning, that holds the export."""
    rows = rows_of(export)
    if export.format == "xlsx":
        return to_xlsx(rows, str(export.page or "Dossiers"))
    file = TemporaryFile()  # noqa: SIM115 (the caller closes it)
    file.writelines(to_csv(rows))
    file.seek(0)
    return file


def rows_of(export):
    """Yield the header, then a row a case; writes the progress at each chunk: a fixed number of queries a chunk."""
    # Which cases, and in which order, is settled at once: what is filed meanwhile disturbs nothing.
    pks = list(_cases(export).values_list("pk", flat=True))
    # One object a version: its form is read once, not once a case.
    versions = {version.pk: version for version in ProcedureVersion.objects.filter(page=export.page_id)}
    fields = answer_fields(versions.values())
    yield [*HEADERS, *(field.label for field in fields.values())]
    related = ("profile", "department", "assigned_to")
    for start in range(0, len(pks), CHUNK):
        chunk = pks[start : start + CHUNK]
        found = Case.objects.select_related(*related).defer("search_text").annotate(procedure=F("page__title"))
        cases = found.in_bulk(chunk)
        ordered = [cases[pk] for pk in chunk if pk in cases]
        for case in ordered:
            if case.version_id in versions:
                case.version = versions[case.version_id]
        context = context_of_cases(ordered) if fields else None
        for case in ordered:
            yield [*_facts(case), *(cell_of(field, case.answers.get(key), context) for key, field in fields.items())]
        CaseExport.objects.filter(pk=export.pk).update(rows_done=start + len(chunk))


def answer_fields(versions):
    """Return {key: Field} of the questions that `versions` of a procedure ask, those of the newest one first."""
    found = {}
    for version in sorted(versions, key=lambda version: -version.number):
        for key, field in version.definition.fields.items():
            if field.kind not in NO_ANSWER:
                found.setdefault(key, field)
    return found


def cell_of(field, answer, context):
    """Return an answer as a cell: a number, a date, or words."""
    if is_empty(answer):
        return ""
    if field.kind in (FieldKind.NUMBER, FieldKind.AMOUNT, FieldKind.METER_INDEX):
        return _number(answer)
    if field.kind == FieldKind.DATE:
        return _date(answer)
    return shown_text(field, answer, context)


def _number(answer):
    try:
        return Decimal(str(answer))
    except InvalidOperation:
        return str(answer)


def _date(answer):
    try:
        return dt.date.fromisoformat(answer)
    except (TypeError, ValueError):
        return str(answer)


def _facts(case):
    filed, decided = _day(case.filed_at), _day(case.decided_at)
    return [
        case.number,
        case.procedure,
        case.applicant,
        case.email,
        case.profile.name if case.profile else "",
        str(case.get_channel_display()),
        filed,
        str(case.state_enum.label),
        case.status_label,
        case.department.name if case.department else "",
        str(case.assigned_to) if case.assigned_to else "",
        case.due_on or "",
        decided or "",
        (decided - filed).days if decided else "",
    ]


def _day(moment):
    return timezone.localtime(moment).date() if moment else None
