"""The mails that the demonstration would have sent, with their links: never outside development."""

import re

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from ..models import OutgoingMail

LINK = re.compile(r"https?://\S+[^\s.,;:)]")


def _only_in_demonstration():
    if not settings.DEMONSTRATION:
        raise Http404


@never_cache
@require_safe
@csp_update({"frame-src": [SELF]})
def outbox(request):
    """List the mails, newest first, each with its links, its text, and its HTML in a frame that may do nothing."""
    _only_in_demonstration()
    page = Paginator(OutgoingMail.objects.all(), 10).get_page(request.GET.get("page"))
    for mail in page:
        home = f"{settings.PORTAL_URL}/"
        # Relative: the demonstration may be read at another address than PORTAL_URL.
        mail.links = [
            {"shown": link, "url": "/" + link.removeprefix(home) if link.startswith(home) else link}
            for link in dict.fromkeys(LINK.findall(mail.text))
            if link != home
        ]
    context = {"title": _("Courriels de la démonstration"), "page_obj": page}
    return render(request, "accounts/outbox.html", context)


@never_cache
@require_safe
@xframe_options_sameorigin
@csp({"default-src": ["'none'"], "style-src": [UNSAFE_INLINE], "img-src": [SELF, "data:"], "sandbox": ["allow-popups"]})
def outbox_html(request, mail_id):
    """The HTML of one mail, for its frame: styles only, no script, no form."""
    _only_in_demonstration()
    return HttpResponse(get_object_or_404(OutgoingMail, pk=mail_id).html)
