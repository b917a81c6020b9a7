"""The agent's saved views: added from the worklist, renamed and deleted here."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from .. import perms
from ..models import SavedView
from ..services import views as service
from .base import DeskView
from .worklist import back_address, ids_of

ADD, RENAME, DELETE = "ajouter", "renommer", "supprimer"


class SavedViews(DeskView):
    """Each view with its new name or its end; what could not be added is asked again."""

    name = "views"
    tab = "worklist"
    title = gettext_lazy("Vos vues")
    template_name = "procedures/desk/views.html"
    allowed = staticmethod(perms.can_see_cases)

    @cached_property
    def views(self):
        return list(SavedView.objects.filter(user=self.request.user))

    def get(self, request):
        return self.show(views=self.views)

    def post(self, request):
        """`action` is "ajouter", or a verb and a view: "renommer-12"."""
        verb, _sep, pk = request.POST.get("action", "").partition("-")
        try:
            if verb == ADD:
                return self._add()
            view = get_object_or_404(SavedView, user=request.user, pk=next(iter(ids_of([pk])), None))
            if verb == RENAME:
                service.rename_view(by=request.user, view=view, name=request.POST.get(f"nom-{pk}", ""))
                messages.success(request, _("La vue s’appelle maintenant « %(name)s ».") % {"name": view.name})
            elif verb == DELETE:
                service.delete_view(by=request.user, view=view)
                messages.success(request, _("La vue « %(name)s » est supprimée.") % {"name": view.name})
        except ValidationError as error:
            return self._again(pk, error)
        return redirect("cases:views")

    def _add(self):
        posted = self.request.POST
        view = service.save_view(by=self.request.user, name=posted.get("nom", ""), query=posted.get("vue", ""))
        messages.success(self.request, _("La vue « %(name)s » est enregistrée.") % {"name": view.name})
        return redirect(back_address(view.query))

    def _again(self, pk, error):
        """Show the views with the sentence beside the name that can't be, as it was typed."""
        posted, sentence = self.request.POST, " ".join(error.messages)
        for view in self.views:
            if str(view.pk) == pk:
                view.typed, view.problem = posted.get(f"nom-{pk}", ""), sentence
        added = None if pk else {"name": posted.get("nom", ""), "query": posted.get("vue", ""), "problem": sentence}
        return self.show(status=422, views=self.views, added=added)
