"""What building procedures adds to the back office: its addresses, what publishing says, what can't be deleted."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.auth import permission_denied
from wagtail.models import Page

from ..models import AppointmentKind, Case, ErasedCase, LetterTemplate, ProcedurePage
from ..services.publishing import publication_of
from ..services.versions import current


@hooks.register("register_admin_urls")
def register_building_urls():
    """The trial of a form, and its check."""
    return [path("essai-demarche/", include("procedures.building.preview_urls"))]


@hooks.register("register_log_actions")
def register_building_log_actions(actions):
    """Name the act that the audit log keeps."""
    actions.register_action(
        "procedures.version.publish",
        _("Publier une version de formulaire"),
        _("Nouvelle version du formulaire mise en service"),
    )


@hooks.register("before_publish_page")
def remember_version(request, page):
    """Keep which version was the newest, to say what the publication changes."""
    if isinstance(page.specific, ProcedurePage):
        request.version_before = current(page)


@hooks.register("after_publish_page")
def say_what_changed(request, page):
    """Tell who published what changed, and for whom."""
    page = page.specific
    if not isinstance(page, ProcedurePage) or not page.form or not page.live:
        return
    newest = current(page)
    if newest is not None:
        messages.info(request, publication_of(newest, before=getattr(request, "version_before", None)).sentence)


@hooks.register("before_delete_page")
def keep_what_was_filed(request, page):
    """A procedure with cases, or what stands above one, can't be deleted: it can be unpublished."""
    if request.method == "POST" and (count := _cases_under([page])):
        messages.error(request, _refusal(count))
        return redirect(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    return None


@hooks.register("before_bulk_action")
def keep_what_was_filed_in_bulk(request, action_type, objects, action):
    """The same for pages that are ticked in a list."""
    if action.model in (AppointmentKind, LetterTemplate):
        # What cases hang on is changed one by one, where each change is checked.
        return permission_denied(request)
    if action_type != "delete" or request.method != "POST" or not issubclass(action.model, Page):
        return None
    if count := _cases_under(objects):
        messages.error(request, _refusal(count))
        return redirect(action.next_url or reverse("wagtailadmin_home"))
    return None


def _cases_under(pages):
    """How many cases were filed under `pages`: those that were erased are still in the figures."""
    return sum(
        model.objects.filter(page__path__startswith=page.path).count() for page in pages for model in (Case, ErasedCase)
    )


def _refusal(count):
    return format_html(
        _("{} : la démarche ne peut pas être supprimée. Dépubliez-la, elle ne sera plus proposée."),
        _("Un dossier en dépend") if count == 1 else _("%(count)s dossiers en dépendent") % {"count": count},
    )
