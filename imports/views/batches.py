"""The list of imports, and one import in whatever state it is."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .. import perms, queries
from ..enums import RUNNING, BatchState, ImportKind, RowAction
from ..importers import importer_of
from ..importers.base import display
from .common import ImportsView, check, get_batch

PAGE = 50
NOTICES = "notices"
NO_LINE = {
    RowAction.REFUSED: _("Aucune ligne refusée"),
    RowAction.UPDATE: _("Aucune ligne modifiée"),
    RowAction.CREATE: _("Aucune ligne créée"),
}


class Index(ImportsView):
    """All the imports, newest first."""

    template_name = "imports/index.html"
    page_title = _("Imports")
    crumb = False

    def get(self, request):
        kind = request.GET.get("nature", "")
        kind = kind if kind in ImportKind.values else ""
        page = Paginator(queries.batches(kind), 20).get_page(request.GET.get("p"))
        kinds = [("", _("Tous")), *ImportKind.choices]
        nothing = _("Aucun import de cette nature") if kind else _("Aucun import pour l’instant")
        return self.show(page_obj=page, kind=kind, kinds=kinds, nothing=nothing)


class Detail(ImportsView):
    """One import: what is to be done, what is going on, or what was done."""

    crumb = False

    def get_page_title(self):
        return self.batch.get_kind_display()

    def get(self, request, pk):
        state = BatchState(self.batch.state)
        if state == BatchState.UPLOADED:
            return redirect("imports:columns", pk)
        if state in RUNNING:
            self.template_name = "imports/progress.html"
            return self.show(**progress_context(self.batch))
        self.template_name = "imports/preview.html" if state == BatchState.CHECKED else "imports/report.html"
        return self.show(**self._rows(), **self._report(state))

    def _report(self, state):
        batch = self.batch
        counts = batch.counts
        return {
            "figures": figures_of(batch),
            "work": counts.get("create", 0) + counts.get("update", 0),
            "same_file": queries.same_file(batch) if state == BatchState.CHECKED else None,
            "kept": list(queries.kept_rows(batch)[:200]) if state == BatchState.UNDONE and counts.get("kept") else [],
            "undoable": undoable(batch),
        }

    def _rows(self):
        batch = self.batch
        if batch.purged_at or not batch.counts:
            return {"row_tabs": [], "tab": "", "rows": []}
        tabs = tabs_of(batch)
        wanted = self.request.GET.get("lignes", "")
        if wanted not in {tab["key"] for tab in tabs}:
            wanted = next((tab["key"] for tab in tabs if tab["count"]), tabs[0]["key"])
        rows = queries.rows_with_notices(batch) if wanted == NOTICES else queries.rows_of(batch, wanted)
        paginator = Paginator(rows, PAGE)
        if wanted != NOTICES:
            paginator.count = batch.counts.get(wanted, 0)  # counted by the check: no need to count again
        page = paginator.get_page(self.request.GET.get("p"))
        importer = importer_of(batch)
        return {
            "row_tabs": tabs,
            "tab": wanted,
            "page_obj": page,
            "nothing": NO_LINE.get(wanted, _("Aucune ligne")),
            "headers": headers_of(batch, importer) if wanted == RowAction.CREATE else [],
            "rows": [line_of(row, importer, batch, wanted) for row in page],
        }


def undoable(batch):
    """Whether the import wrote something that can still be taken back."""
    if batch.purged_at:
        return False
    return batch.state == BatchState.APPLIED or (
        batch.state == BatchState.FAILED and batch.failed_in in (BatchState.APPLYING, BatchState.UNDOING)
    )


def figures_of(batch):
    """Return the counts as the summary shows them: list of {"label", "count", "tone"}."""
    labels = [
        (RowAction.CREATE, _("créées"), "success"),
        (RowAction.UPDATE, _("modifiées"), "info"),
        (RowAction.UNCHANGED, _("inchangées"), "neutral"),
        (RowAction.MERGED, _("en double"), "neutral"),
        (RowAction.REFUSED, _("refusées"), "danger"),
    ]
    return [
        {"label": label, "count": count, "tone": tone if count else "neutral"}
        for action, label, tone in labels
        if (count := batch.counts.get(action.value, 0)) or action != RowAction.MERGED
    ]


def tabs_of(batch):
    """Return the tabs of the rows: what asks for a look first."""
    names = [
        (RowAction.REFUSED.value, _("Refusées")),
        (RowAction.UPDATE.value, _("Modifiées")),
        (RowAction.CREATE.value, _("Créées")),
        (RowAction.UNCHANGED.value, _("Inchangées")),
        (RowAction.MERGED.value, _("En double")),
    ]
    tabs = [{"key": key, "label": label, "count": batch.counts.get(key, 0)} for key, label in names]
    noticed = batch.counts.get("noticed", 0)
    if noticed:
        tabs.insert(1, {"key": NOTICES, "label": _("À regarder"), "count": noticed})
    return [tab for tab in tabs if tab["count"] or tab["key"] in ("refused", "update", "create")]


def headers_of(batch, importer):
    """Return (field name, label) of the mapped columns."""
    return [
        (name, f.label)
        for name, f in importer.fields.items()
        if batch.mapping.get(name) is not None and name not in importer.folded
    ]


def line_of(row, importer, batch, tab):
    """Return a staged row as the screen shows it."""
    values = importer.load(dict(row.values))
    line = {"number": row.number, "key": importer.title_of(values), "row": row}
    if tab == RowAction.CREATE:
        line["cells"] = [importer.shown(name, values) for name, _label in headers_of(batch, importer)]
    elif tab == RowAction.REFUSED:
        line["raw"] = " · ".join(cell for cell in row.raw if cell) or " · ".join(
            display(value) for name, value in values.items() if name in importer.fields
        )
    return line


def progress_context(batch):
    """Return what the progress page says."""
    texts = {
        BatchState.CHECKING: (
            _("Contrôle du fichier"),
            _("Chaque ligne est lue et comparée à ce que le portail connaît."),
        ),
        BatchState.APPLYING: (_("Application"), _("Les lignes retenues sont écrites dans le portail.")),
        BatchState.UNDOING: (_("Annulation"), _("Ce qui était là avant l’import est remis en place.")),
    }
    title, text = texts[BatchState(batch.state)]
    return {"work_title": title, "work_text": text}


def progress(request, pk):
    """The progress bar alone, asked every second; when the work is done, the browser is told to load the page again."""
    check(perms.may_view(request.user))
    batch = get_batch(pk)
    if batch.state not in RUNNING:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("imports:batch", args=[pk])
        return response
    return render(request, "imports/includes/progress.html", {"batch": batch, **progress_context(batch)})
