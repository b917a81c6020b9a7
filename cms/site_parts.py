"""What stands around every page of the portal: the main menu and the footer.

Every page asks for them, the resident's too, so they are kept (`theme.kept`). Whatever they are made of forgets them
when it is saved (`cms.signal_handlers`).
"""

from wagtail.models import Site

from theme.kept import kept

from .models import AccessibilityPage, FooterMenu, HeaderMenu, OpeningRange


def header_links_of(request):
    """Return `[{href, text}]` of the main menu; the home page alone when staff wrote none."""
    return _parts_of(request)["header"]


def footer_of(request):
    """Return `{contact, hours, columns, accessibility}` of the footer.

    `contact` is `{free_number, email}` or None, `hours` `[(label, [(days, hours)])]`, `columns` `[{title, links}]`;
    `accessibility` is `{url, conformity}` of the statement, which the law wants named on the home page, or None.
    """
    return _parts_of(request)["footer"]


def _parts_of(request):
    if not hasattr(request, "_cms_parts"):
        request._cms_parts = _kept_parts_of(request)
    return request._cms_parts


def _kept_parts_of(request):
    site = Site.find_for_request(request)
    if site is None or getattr(request, "is_preview", False):
        return _read(request)  # a preview shows what is being typed, and keeps nothing of it
    return kept(("site_parts", site.pk), lambda: _read(request))


def _read(request):
    """Read the parts: at most seven queries."""
    header, footer = HeaderMenu.of_request(request), FooterMenu.of_request(request)
    links = _links(block.value for block in header.links) if header else []
    columns = footer.columns if footer else ()
    contact = footer.contact if footer else None
    statement = AccessibilityPage.objects.live().defer_streamfields().first()
    return {
        "header": links or [{"href": "/", "text": "Accueil"}],
        "footer": {
            "contact": contact and {"free_number": contact.free_number, "email": contact.email},
            "hours": _hours_of(contact),
            "columns": [{"title": b.value["title"], "links": _links(b.value["links"])} for b in columns],
            "accessibility": statement
            and {"url": statement.get_url(request), "conformity": str(statement.get_conformity_display())},
        },
    }


def _links(values):
    links = [{"href": value.href, "text": str(value.text)} for value in values]
    return [link for link in links if link["href"]]


def _hours_of(contact):
    if contact is None:
        return []
    pks = [pk for pk in (contact.desk_hours_id, contact.telephone_hours_id) if pk]
    found = {}
    for line in OpeningRange.objects.filter(hours__in=pks).select_related("hours"):
        found.setdefault(line.hours_id, []).append(line)
    return [(found[pk][0].hours.short_label, OpeningRange.lines(found[pk])) for pk in pks if pk in found]
