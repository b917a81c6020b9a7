"""What the set-up screens of every domain share: no boxes to tick, and deletions that say why not."""

from django.db import DEFAULT_DB_ALIAS
from django.db.models import ProtectedError
from django.db.models.deletion import Collector
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn
from wagtail.snippets.views.snippets import DeleteView, IndexView, SnippetViewSet


class SetUpIndexView(IndexView):
    """A list without boxes: what others hang on is changed one by one."""

    @cached_property
    def columns(self):
        return [column for column in super().columns if not isinstance(column, BulkActionsCheckboxColumn)]


class SetUpDeleteView(DeleteView):
    """What something hangs on stays, and the agent reads why."""

    def why_not(self):
        """Return the sentence that forbids the deletion, or ""."""
        try:
            Collector(using=DEFAULT_DB_ALIAS, origin=self.object).collect([self.object])
        except ProtectedError as error:
            kinds = sorted({str(thing._meta.verbose_name_plural) for thing in error.protected_objects})
            return _("« %(name)s » ne peut pas être supprimé : des %(kinds)s en dépendent.") % {
                "name": self.object,
                "kinds": ", des ".join(kinds),
            }
        return ""

    def form_valid(self, form):
        if refusal := self.why_not():
            messages.error(self.request, refusal)
            return redirect(self.get_success_url())
        return super().form_valid(form)


class SetUpViewSet(SnippetViewSet):
    """The list and the form of something that staff set up."""

    index_view_class = SetUpIndexView
    delete_view_class = SetUpDeleteView
    copy_view_enabled = False
    search_backend_name = None
    list_per_page = 50
