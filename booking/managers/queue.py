"""What the two queues share: a page of what waits, decided one by one or together."""

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect
from wagtail.admin import messages

from .base import ManagerView

PAGE = 20
ACCEPT, REFUSE = "accepter", "refuser"


class QueueView(ManagerView):
    """A queue. `decision` is a verb for what is ticked, or a verb and the one thing it is about: "refuser-42"."""

    def found(self):
        """All that waits, in order."""
        raise NotImplementedError

    def decide(self, *, one, accept, reason):
        """Decide on `one` (its primary key as text), or on what is ticked when it is ""; tell the outcome."""
        raise NotImplementedError

    def listed(self, page):
        """What the template shows beside the Page itself."""
        raise NotImplementedError

    def get(self, request):
        return self._show()

    def post(self, request):
        posted = request.POST
        verb, _sep, one = posted.get("decision", "").partition("-")
        if verb in (ACCEPT, REFUSE):
            reason = posted.get(f"motif-{one}" if one else "motif", "")
            try:
                self.decide(one=one, accept=verb == ACCEPT, reason=reason if verb == REFUSE else "")
            except ValidationError as error:
                for sentence in error.messages:
                    messages.error(request, sentence)
                return self._show(status=422)
        return redirect(request.get_full_path())

    def _show(self, status=200):
        page = Paginator(self.found(), PAGE).get_page(self.request.GET.get("p"))
        # After a mistake, nothing is to be typed again.
        return self.show(
            status=status, page_obj=page, reason=self.request.POST.get("motif", ""), **self.listed(page.object_list)
        )
