"""What the pages of the resident's space show of the domains: each is looked up once a request, when asked for."""

from itertools import groupby
from urllib.parse import quote, urlencode

from django.utils.functional import cached_property
from django.utils.timezone import localdate
from wagtail.models import Page

from accounts.perms import can_manage, can_write
from accounts.queries.family import children_of
from accounts.queries.notifications import unread_count
from billing import queries as billing
from booking.queries import enrolments
from booking.queries import reservations as booking
from cms.models import NewsPage
from procedures.enums import CaseState
from procedures.models import ProcedurePage
from procedures.models.pages import HEAVY
from procedures.queries import resident as cases
from theme.kept import kept
from water import queries as water

from .document_wants import wanted_documents
from .menu import space_menu, space_pages

LATEST_INVOICES = 3
# One more than the tiles show, which tells whether there are more.
LATEST_CASES = 5
NEXT_DAYS = 6
WHY_DATA = "Votre adresse et votre téléphone nous permettent de vous joindre, par exemple lors d’une coupure d’eau."


def _read_news(count):
    articles = NewsPage.objects.live().public().order_by("-date", "-pk")
    return list(articles.only("title", "slug", "url_path", "path", "depth", "date", "summary")[:count])


def space_of(request, page):
    """Return the Space of the request, made around `page` the first time."""
    if not hasattr(request, "space"):
        request.space = Space(request, page)
    return request.space


class Space:
    """A resident's space as one request sees it. Without a profile (a preview by staff), everything is empty."""

    def __init__(self, request, page):
        self.request = request
        self.page = page
        self.profile = request.profile

    # Its pages --------------------------------------------------------------------------------------------------------

    @cached_property
    def pages(self):
        return space_pages(self.request)

    @cached_property
    def menu(self):
        return space_menu(self, self.page)

    def url_of(self, page_type, *parts):
        """Return the address of the live page of `page_type` ("ContractsPage"), then `parts`; "" when there is none."""
        for page in self.pages:
            if type(page).__name__ == page_type:
                return "/".join([page.get_url(self.request).rstrip("/"), *map(quote, parts), ""])
        return ""

    @property
    def contracts_url(self):
        return self.url_of("ContractsPage")

    @property
    def attach_url(self):
        """Where a contract is attached; "" for who may only read."""
        return self.url_of("ContractsPage", "associer") if self.can_write else ""

    @property
    def request_code_url(self):
        return self.url_of("ContractsPage", "demander-un-code") if self.can_write else ""

    @property
    def invoices_url(self):
        return self.url_of("InvoicesPage")

    @property
    def family_url(self):
        return self.url_of("FamilyPage")

    @property
    def personal_data_url(self):
        return self.url_of("PersonalDataPage")

    def documents_about(self, **about):
        """Return where « Mes documents » shows those of a `child` or of a `contract`; "" when the page is not live."""
        url = self.url_of("DocumentsPage")
        return f"{url}?{urlencode(about)}" if url else ""

    @property
    def cases_url(self):
        return self.url_of("CasesPage")

    # What the domains say ---------------------------------------------------------------------------------------------

    @cached_property
    def can_write(self):
        return can_write(self.request.membership)

    @cached_property
    def can_manage(self):
        return can_manage(self.request.membership)

    @cached_property
    def contracts(self):
        return list(water.contracts_of(self.profile).select_related(None))

    @cached_property
    def consumption(self):
        """The history of the first contract that has consumption to show among those running; None without."""
        for contract in self.contracts[:1]:
            history = water.ContractHistory(contract)
            if history.half_years:
                return history
        return None

    @cached_property
    def code_requests(self):
        """The requests for a code that still wait for an agent."""
        return list(water.pending_requests().filter(profile=self.profile)) if self.profile else []

    @cached_property
    def children(self):
        """The children that the household raises today."""
        return children_of(self.profile)

    @cached_property
    def children_in_services(self):
        """The children, each with their enrolments and the next day booked in each kind of activity."""
        return enrolments.children_in_services(self.profile, self.children, localdate()) if self.children else []

    @cached_property
    def offers(self):
        """The places offered from the waiting list, which the household can still accept."""
        return list(booking.offers_of(self.profile)) if self.profile else []

    @cached_property
    def next_days(self):
        """The next days booked or asked for, for all the children."""
        return list(booking.days_to_come(self.profile)[:NEXT_DAYS]) if self.profile else []

    def procedures(self, pages):
        """Return the live pages among `pages` with their own fields, in that order: one query for each type."""
        wanted = [page.pk for page in pages if page]
        found = {page.pk: page for page in Page.objects.filter(pk__in=wanted).live().public().specific()}
        return [found[pk] for pk in wanted if pk in found]

    @cached_property
    def contract_procedures(self):
        """The procedures for who holds a contract: to send a reading, to leave, to be debited."""
        found = ProcedurePage.objects.live().public().filter(needs_contract=True)
        return list(found.defer(*HEAVY).order_by("title"))

    @cached_property
    def wanted_documents(self):
        """The supporting documents asked of the family and its children, each with its state."""
        return wanted_documents(self.profile)

    @property
    def missing_documents(self):
        """Those that the family still has to give, or to renew soon."""
        return [one for one in self.wanted_documents if one.missing or (one.expires_soon and one.to_send)]

    @cached_property
    def to_pay(self):
        return billing.amount_to_pay(self.profile)

    @cached_property
    def latest_invoices(self):
        return billing.latest_invoices(self.profile, LATEST_INVOICES) if self.profile else []

    @cached_property
    def waiting_cases(self):
        """The cases that the resident has to complete, or in which the service wrote something not read yet."""
        return cases.waiting_for(self.profile) if self.profile else []

    @cached_property
    def open_cases(self):
        """The cases under way that were filed last."""
        return cases.open_cases(self.profile, LATEST_CASES) if self.profile else []

    @cached_property
    def drafts(self):
        """The drafts touched last."""
        return list(cases.drafts(self.profile)[:LATEST_CASES]) if self.profile else []

    @cached_property
    def unread_notifications(self):
        """How many notifications the user, whatever the profile, has not read."""
        return unread_count(self.request.user) if self.profile else 0

    def news(self, count):
        """Return the last `count` articles."""
        return kept(("portal_pages.news", count), lambda: _read_news(count))

    @cached_property
    def is_new(self):
        """Whether nothing is attached to the profile yet: the resident is shown what to do first."""
        nothing = not self.contracts and not self.latest_invoices and not self.children
        return nothing and not self.open_cases and not self.drafts

    @property
    def data_complete(self):
        return bool(self.profile and self.profile.address and self.profile.town and self.profile.phone)

    # Its dashboard ----------------------------------------------------------------------------------------------------

    @cached_property
    def next_steps(self):
        """What waits for the resident, as dicts {title, text, url, action, icon}."""
        steps = [self._case_step(case) for case in self.waiting_cases if self.cases_url]
        if self.code_requests and not self.is_new:
            references = ", ".join(request.reference for request in self.code_requests)
            steps.append(
                {
                    "title": "Votre demande de code d’activation est en cours de vérification",
                    "text": f"Référence client {references}. Le code vous sera envoyé par courriel.",
                    "icon": "clock",
                    "url": "",
                    "action": "",
                }
            )
        if self.profile and not self.data_complete and not self.is_new and self.personal_data_url:
            steps.append(
                {
                    "title": "Complétez vos données personnelles",
                    "text": WHY_DATA,
                    "icon": "user",
                    "url": self.personal_data_url,
                    "action": "Compléter mes données",
                }
            )
        return steps

    def _case_step(self, case):
        to_correct = case.state == CaseState.TO_CORRECT
        title = "Complétez votre dossier" if to_correct else "Un message vous attend"
        return {
            "title": f"{title}\u00a0: {case.page.title}",
            "text": f"Dossier {case.number}. "
            + ("Le service vous demande une correction." if to_correct else "Le service vous a écrit."),
            "icon": "exclamation-triangle" if to_correct else "envelope",
            "url": f"{self.cases_url}{case.public_id}/",
            "action": "Ouvrir le dossier",
        }

    def tiles(self, page):
        """Return the tiles of `page` that have something to say, those of one width that follow each other together."""
        shown = [child for child in page.tiles if child.block.data(child.value, self) is not None]
        rows = groupby(shown, key=lambda child: child.block.abreast)
        return [{"abreast": abreast, "tiles": list(row)} for abreast, row in rows]
