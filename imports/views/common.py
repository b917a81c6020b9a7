"""What every import screen shares: who may see it, its place in the back office, its steps."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from accounts.office import OfficeView

from .. import perms, queries
from ..enums import BatchState
from ..models import ImportBatch

STEPS = [_("Fichier"), _("Colonnes"), _("Contrôle"), _("Vérification"), _("Application")]
STEP_OF = {
    BatchState.UPLOADED: 2,
    BatchState.MAPPED: 3,
    BatchState.CHECKING: 3,
    BatchState.CHECKED: 4,
    BatchState.APPLYING: 5,
    BatchState.APPLIED: 6,
}


def get_batch(pk):
    """Return the batch of a screen; 404 when there is none."""
    try:
        return queries.batch_with_people(pk)
    except ImportBatch.DoesNotExist:
        raise Http404 from None


def check(allowed):
    """Send away whoever has no right, where there is no screen: Wagtail says so on its home page."""
    if not allowed:
        raise PermissionDenied


class ImportsView(OfficeView):
    """A screen of the imports; `batch` is the one in the address, if any. `crumb`: it is named in its path."""

    header_icon = "upload"
    crumb = True

    @staticmethod
    def allowed(user):
        return perms.may_view(user)

    @cached_property
    def batch(self):
        return get_batch(self.kwargs["pk"]) if "pk" in self.kwargs else None

    def get_breadcrumbs_items(self):
        items = [*self.breadcrumbs_items, {"url": reverse("imports:index"), "label": _("Imports")}]
        if self.batch:
            items.append({"url": reverse("imports:batch", args=[self.batch.pk]), "label": self.batch.original_name})
        return [*items, {"url": "", "label": self.get_page_title()}] if self.crumb else items

    def get_context_data(self, **kwargs):
        user = self.request.user
        rights = {name: getattr(perms, f"may_{name}")(user) for name in ("add", "apply", "undo")}
        current = STEP_OF.get(BatchState(self.batch.state)) if self.batch else None
        return super().get_context_data(
            batch=self.batch, may=rights, steps=list(enumerate(STEPS, 1)), current_step=current, **kwargs
        )


def explain(request, error):
    """Show a ValidationError that belongs to no field as a message."""
    messages.error(request, " ".join(error.messages))
