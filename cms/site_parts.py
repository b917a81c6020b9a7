"""What stands around every page of the portal: the main menu and the footer. Read once a request."""

from django.urls import reverse

from .models import AccessibilityPage, FooterMenu, HeaderMenu, OpeningHours


def header_links_of(request):
    """Return `[{href, text}]` of the main menu; the home page alone when staff wrote none. Two queries."""
    menu = HeaderMenu.of_request(request)
    links = [{"href": block.value.href, "text": block.value.text} for block in menu.links] if menu else []
    return [link for link in links if link["href"]] or [{"href": "/", "text": "Accueil"}]


def footer_of(request):
    """Return `{contact, hours, columns, accessibility, contact_url}` of the footer.

    `hours` is `[(label, [(days, hours)])]`; `columns` is `[{title, links}]`; `accessibility` is the statement's page,
    which the law wants named on the home page, or None.
    """
    menu = FooterMenu.of_request(request)
    columns = []
    for block in menu.columns if menu else ():
        links = [{"href": link.href, "text": link.text} for link in block.value["links"]]
        columns.append({"title": block.value["title"], "links": [link for link in links if link["href"]]})
    contact = menu.contact if menu else None
    return {
        "contact": contact,
        "hours": _hours_of(contact),
        "columns": columns,
        "accessibility": AccessibilityPage.objects.live().first(),
        "home": reverse("wagtail_serve", args=[""]),
    }


def _hours_of(contact):
    if contact is None:
        return []
    pks = [pk for pk in (contact.desk_hours_id, contact.telephone_hours_id) if pk]
    found = OpeningHours.objects.filter(pk__in=pks).prefetch_related("ranges").in_bulk()
    return [(found[pk].short_label, found[pk].week_lines()) for pk in pks if pk in found]
