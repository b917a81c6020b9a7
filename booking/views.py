"""What is no page of the space: the calendars that telephones and computers fetch by their secret address."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from theme.branding import default_branding

from . import feeds
from .queries.feeds import days_shown, feed_with
from .services.feeds import digest_of


@require_safe
def calendar_feed(request, secret):
    """The calendar of a child as iCalendar. Who knows the address reads it: 404 for any other, or once revoked."""
    today = timezone.localdate()
    found = feed_with(digest_of(secret), today)
    if found is None:
        raise Http404
    feed, guardianship = found
    days = days_shown(feed, guardianship, today)
    content = feeds.calendar(feed.child, days, portal=default_branding().authority_name)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="agenda.ics"'
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
