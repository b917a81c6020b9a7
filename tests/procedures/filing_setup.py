"""What the tests of filing share: a procedure in the catalogue, and how a resident goes through it."""

import html

from wagtail.models import Site

from procedures.enums import Access
from procedures.models import ProcedureIndexPage
from tests.factories.cases import OnlineProcedureFactory, condition, field, step
from tests.factories.procedures import ProcedureIndexPageFactory

FORM = [
    step(
        "Votre demande",
        field("short_text", "Objet", key="objet"),
        field("yes_no", "Est-ce urgent ?", key="urgent"),
        field("long_text", "Pourquoi", key="pourquoi", condition=condition("urgent", "yes")),
        key="demande",
    ),
    step("Vos pièces", field("files", "Photo", key="photo", required=False, maximum="3"), key="pieces"),
]
# What the first step wants, as a browser sends it.
FIRST = {"q-objet": "Un banc cassé", "q-urgent": "no"}


def a_procedure(**fields):
    """A procedure at /demarches/signaler/, beside the pages of the resident's space."""
    home = Site.objects.get(is_default_site=True).root_page
    index = ProcedureIndexPage.objects.first() or ProcedureIndexPageFactory(parent=home)
    values = {"title": "Signaler un problème", "slug": "signaler", "access": Access.ANYONE, "form": FORM, **fields}
    return OnlineProcedureFactory(parent=index, **values)


def text(response):
    return html.unescape(response.content.decode())


def hidden(response, name):
    """The value of a hidden input of the page."""
    return text(response).split(f'name="{name}" value="')[1].split('"')[0]


def send_step(client, url, values, **more):
    """Open the step at `url` and send `values`, as a browser does; returns the answer."""
    base = hidden(client.get(url), "base")
    return client.post(url, {"base": base, "then": "next", **values, **more})


def send_summary(client, url):
    """Open the summary and press its button."""
    page = client.get(url)
    return client.post(url, {"revision": hidden(page, "revision"), "version": hidden(page, "version")})
