"""The steps of an import: upload, columns, check, apply, undo."""

from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from .. import perms, queries, services, sources
from ..enums import BatchState, ImportKind
from ..forms import ApplyForm, ArchiveForm, ColumnsForm, UploadForm
from ..importers import REGISTRY
from .batches import undoable
from .common import ImportsView, check, explain, get_batch


class New(ImportsView):
    """Choose what the file holds, and send it."""

    template_name = "imports/new.html"
    page_title = _("Nouvel import")

    @staticmethod
    def allowed(user):
        return perms.may_add(user)

    def get(self, request):
        return self._show(UploadForm(initial={"kind": request.GET.get("nature") or None}))

    def post(self, request):
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._show(form)
        cleaned = form.cleaned_data
        try:
            batch = services.upload(by=request.user, kind=cleaned["kind"], file=cleaned["file"])
        except ValidationError as error:
            form.add_error(None, error)
            return self._show(form)
        if cleaned.get("archive"):
            try:
                services.attach_archive(by=request.user, batch=batch, archive=cleaned["archive"])
            except ValidationError as error:
                # The spreadsheet is good and stays: only the ZIP is to be sent again.
                explain(request, error)
        return redirect("imports:columns", batch.pk)

    def _show(self, form):
        kinds = []
        for choice in form["kind"]:
            importer = REGISTRY[ImportKind(choice.data["value"])]()
            kinds.append({"choice": choice, "importer": importer, "fields": list(importer.fields.values())})
        return self.show(status=422 if form.errors else 200, form=form, kinds=kinds)


class Columns(ImportsView):
    """Say which column holds which field, then have the file checked."""

    template_name = "imports/columns.html"
    page_title = _("Colonnes")

    @staticmethod
    def allowed(user):
        return perms.may_add(user)

    def dispatch(self, request, *args, **kwargs):
        mapped = (BatchState.UPLOADED, BatchState.MAPPED, BatchState.CHECKED)
        if self.allowed(request.user) and self.batch.state not in mapped:
            return redirect("imports:batch", self.batch.pk)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, pk):
        return self._show(ColumnsForm(self.batch))

    def post(self, request, pk):
        form = ColumnsForm(self.batch, request.POST)
        if not form.is_valid():
            return self._show(form)
        try:
            batch = services.map_columns(
                by=request.user,
                batch=self.batch,
                mapping=form.mapping,
                reference_width=form.cleaned_data["reference_width"],
            )
            services.start_check(by=request.user, batch=batch)
        except ValidationError as error:
            form.add_error(None, error)
            return self._show(form)
        return redirect("imports:batch", pk)

    def _show(self, form):
        source = sources.load(self.batch.source)
        return self.show(
            status=422 if form.errors else 200,
            form=form,
            source=source,
            sheets=source.sheets if len(source.sheets) > 1 else [],
            takes_archive=form.importer.takes_archive,
            archive_form=ArchiveForm(),
            same_file=queries.same_file(self.batch),
        )


@require_POST
def sheet(request, pk):
    """Read another sheet of the workbook."""
    check(perms.may_add(request.user))
    try:
        services.choose_sheet(by=request.user, batch=get_batch(pk), sheet=request.POST.get("sheet", ""))
    except ValidationError as error:
        explain(request, error)
    return redirect("imports:columns", pk)


@require_POST
def archive(request, pk):
    """Add the ZIP of PDFs to a file of invoices."""
    check(perms.may_add(request.user))
    form = ArchiveForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors["archive"]))
        return redirect("imports:columns", pk)
    try:
        services.attach_archive(by=request.user, batch=get_batch(pk), archive=form.cleaned_data["archive"])
        messages.success(request, _("L’archive de PDF est jointe."))
    except ValidationError as error:
        explain(request, error)
    return redirect("imports:columns", pk)


@require_POST
def check_file(request, pk):
    """Have the file checked (again)."""
    check(perms.may_add(request.user))
    try:
        services.start_check(by=request.user, batch=get_batch(pk))
    except ValidationError as error:
        explain(request, error)
    return redirect("imports:batch", pk)


@require_POST
def retry(request, pk):
    """Go on with an interrupted import."""
    check(perms.may_view(request.user))
    try:
        services.retry(by=request.user, batch=get_batch(pk))
    except ValidationError as error:
        explain(request, error)
    return redirect("imports:batch", pk)


class Confirmation(ImportsView):
    """Ask once more, then call a service."""

    template_name = "imports/confirm.html"
    form_class = None
    serious = False

    def get(self, request, pk):
        if not self.possible():
            return redirect("imports:batch", pk)
        return self._show(self.form_class() if self.form_class else None)

    def post(self, request, pk):
        form = self.form_class(request.POST) if self.form_class else None
        if form is not None and not form.is_valid():
            return self._show(form)
        try:
            self.act(form)
        except ValidationError as error:
            if form is not None and hasattr(error, "error_dict"):
                form.add_error(None, error)
                return self._show(form)
            explain(request, error)
        return redirect("imports:batch", pk)

    def _show(self, form):
        return self.show(
            status=422 if form is not None and form.errors else 200,
            form=form,
            question=self.question(),
            facts=self.facts(),
            button=self.button,
            serious=self.serious,
        )


class Apply(Confirmation):
    page_title = _("Appliquer")
    button = _("Appliquer l’import")

    @staticmethod
    def allowed(user):
        return perms.may_apply(user)

    @property
    def form_class(self):
        return ApplyForm if self._warned() else None

    def _warned(self):
        return [notice for notice in self.batch.notices if notice.get("kind") == "changed"]

    def possible(self):
        return self.batch.state == BatchState.CHECKED

    def question(self):
        return _("Appliquer ce fichier ?")

    def facts(self):
        sentences = [
            ("create", _("%(count)s enregistrement sera créé."), _("%(count)s enregistrements seront créés.")),
            ("update", _("%(count)s enregistrement sera modifié."), _("%(count)s enregistrements seront modifiés.")),
            (
                "refused",
                _("%(count)s ligne refusée sera laissée de côté : le fichier d’erreurs reste disponible."),
                _("%(count)s lignes refusées seront laissées de côté : le fichier d’erreurs reste disponible."),
            ),
        ]
        facts = [
            (several if count > 1 else one) % {"count": count}
            for key, one, several in sentences
            if (count := self.batch.counts.get(key, 0))
        ]
        facts.append(_("L’import pourra être annulé ensuite."))
        return facts

    def act(self, form):
        services.start_apply(
            by=self.request.user, batch=self.batch, confirm_changes=bool(form and form.cleaned_data["confirm_changes"])
        )


class Undo(Confirmation):
    page_title = _("Annuler")
    button = _("Annuler l’import")
    serious = True

    @staticmethod
    def allowed(user):
        return perms.may_undo(user)

    def possible(self):
        return undoable(self.batch)

    def question(self):
        return _("Annuler cet import ?")

    def facts(self):
        return [
            _("Ce que l’import a créé sera supprimé, ce qu’il a modifié retrouvera ses anciennes valeurs."),
            _(
                "Ce qui a été modifié ou utilisé depuis sera gardé : un contrat rattaché à un compte, une "
                "facture payée."
            ),
            _("La liste de ce qui est gardé s’affichera à la fin."),
        ]

    def act(self, form):
        services.start_undo(by=self.request.user, batch=self.batch)


class Abandon(Confirmation):
    page_title = _("Abandonner")
    button = _("Abandonner l’import")
    serious = True

    @staticmethod
    def allowed(user):
        return perms.may_add(user)

    def possible(self):
        return self.batch.state in (BatchState.UPLOADED, BatchState.MAPPED, BatchState.CHECKED, BatchState.FAILED)

    def question(self):
        return _("Abandonner cet import ?")

    def facts(self):
        return [_("Rien n’a été écrit dans le portail. Le fichier et ses lignes seront effacés tout de suite.")]

    def act(self, form):
        services.abandon(by=self.request.user, batch=self.batch)
