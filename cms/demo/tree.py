"""Pages put where they belong, as an editor would: created and published, or left as they are."""

import json
from urllib.parse import urlsplit

from django.conf import settings
from wagtail.models import Page, Site

from ..typography import french_spaces


def put(parent, page_type, slug, *, overwrite=False, **fields):
    """Return the page `slug` under `parent`, created and published with `fields` when it is missing.

    An existing page keeps what editors wrote, unless `overwrite`. Streams are given as lists of (type, value).
    """
    page = page_type.objects.child_of(parent).filter(slug=slug).first()
    if page is not None and not overwrite:
        return page
    many = {name: fields.pop(name) for name in ("themes", "situations") if name in fields}
    values = {name: stream(value) if isinstance(value, list) else _typeset(value) for name, value in fields.items()}
    if page is None:
        page = page_type(slug=slug, **values)
        # Read again: treebeard keeps a count of children on the parent it is given.
        Page.objects.get(pk=parent.pk).add_child(instance=page)
    else:
        for name, value in values.items():
            setattr(page, name, value)
    for name, value in many.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return page_type.objects.get(pk=page.pk)


def stream(blocks):
    """Return the JSON of a StreamField from a list of (type, value)."""
    return json.dumps([{"type": kind, "value": _typeset(value)} for kind, value in blocks])


def _typeset(value):
    if isinstance(value, dict):
        return {key: _typeset(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_typeset(item) for item in value]
    return french_spaces(value) if isinstance(value, str) else value


def put_home(page_type, **fields):
    """Return the home page of the default site, created in the place of Wagtail's welcome page when it is missing."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    home = page_type.objects.filter(depth=2).first()
    if home is None:
        root = Page.objects.get(depth=1)
        home = page_type(slug="accueil", **fields)
        root.add_child(instance=home)
        home.save_revision().publish()
    address = urlsplit(settings.PORTAL_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    if site is None:
        Site.objects.create(hostname=address.hostname, port=port, root_page=home, is_default_site=True)
    elif site.root_page_id != home.pk:
        welcome = site.root_page
        site.hostname, site.port, site.root_page = address.hostname, port, home
        site.save()
        if welcome.specific_class is Page and not welcome.get_children().exists():
            welcome.delete()
    return page_type.objects.get(pk=home.pk)
