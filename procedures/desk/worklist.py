"""The agents' worklist: lists, filters, words, an order; what is ticked is taken, given, or led to a new status."""

from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from .. import perms
from ..enums import OPEN, CaseState, Channel
from ..filters import ALL, LISTS, ME, MINE, NOBODY, UNASSIGNED, filters_of
from ..models import SavedView
from ..queries import worklist as queries
from ..services import assignment
from .base import DeskView

PAGE = 50
TAKE, ASSIGN, RELEASE, STATUS = "prendre", "attribuer", "rendre", "statut"
COLUMNS = [
    ("depot", gettext_lazy("Dossier")),
    ("demandeur", gettext_lazy("Demandeur")),
    ("demarche", gettext_lazy("Démarche")),
    ("statut", gettext_lazy("Statut")),
    ("echeance", gettext_lazy("À traiter avant le")),
    ("agent", gettext_lazy("Instructeur")),
]


class Worklist(DeskView):
    """The cases of the agent's scope."""

    name = "worklist"
    template_name = "procedures/desk/worklist.html"
    allowed = staticmethod(perms.can_see_cases)

    @cached_property
    def filters(self):
        return filters_of(self.request.GET)

    @cached_property
    def today(self):
        return timezone.localdate()

    @cached_property
    def departments(self):
        """Those whose cases the agent sees."""
        return queries.departments_for(self.request.user)

    @cached_property
    def own(self):
        """The primary keys of those it is in: its team."""
        return queries.departments_of(self.request.user)

    @cached_property
    def agents(self):
        """Those who may be given a case of these departments."""
        return queries.agents_in(self.departments)

    def get(self, request):
        return self._show()

    def post(self, request):
        """`action` says what happens to the cases that are ticked (`dossier`)."""
        action = request.POST.get("action", "")
        ticked = ids_of(request.POST.getlist("dossier"))
        if action == STATUS and ticked:
            return redirect(bulk_address(ticked, self.filters.to_query()))
        try:
            if not ticked:
                raise ValidationError(_("Cochez au moins un dossier."))
            self._act(action, list(self.cases.filter(pk__in=ticked).only("pk")))
        except ValidationError as error:
            for sentence in error.messages:
                messages.error(request, sentence)
            return self._show(status=422)
        return redirect(request.get_full_path())

    def _act(self, action, cases):
        by = self.request.user
        if action == TAKE:
            done = assignment.take(by=by, cases=cases)
            text = ngettext("%(count)s dossier est à vous.", "%(count)s dossiers sont à vous.", len(done))
        elif action == RELEASE or (action == ASSIGN and self.request.POST.get("agent") == NOBODY):
            done = assignment.assign(by=by, cases=cases, to=None)
            text = ngettext("%(count)s dossier rendu au service.", "%(count)s dossiers rendus au service.", len(done))
        elif action == ASSIGN:
            to = next((agent for agent in self.agents if str(agent.pk) == self.request.POST.get("agent")), None)
            if to is None:
                raise ValidationError(_("Choisissez l’agent à qui attribuer les dossiers."))
            done = assignment.assign(by=by, cases=cases, to=to)
            text = ngettext("%(count)s dossier attribué.", "%(count)s dossiers attribués.", len(done))
        else:
            raise ValidationError(_("Choisissez ce qu’il faut faire des dossiers cochés."))
        if done:
            messages.success(self.request, text % {"count": len(done)})
        if len(done) < len(cases):
            messages.info(self.request, _("Les autres dossiers cochés n’ont pas changé."))

    def _show(self, status=200):
        user, filters = self.request.user, self.filters
        scope = {"user": user, "departments": self.own, "today": self.today}
        found = queries.found(filters, self.cases, **scope)
        pages = Paginator(queries.listed(found, filters.order), PAGE)
        # Counted without what the lines show: its joins would be made for nothing.
        pages.count = found.count()
        page = pages.get_page(self.request.GET.get("p"))
        for case in page.object_list:
            case.late = case.state in OPEN[:2] and case.due_on is not None and case.due_on < self.today
        posted = self.request.POST
        query = filters.to_query()
        return self.show(
            status=status,
            page_obj=page,
            query=query,
            filters=filters,
            lists=self._lists(queries.counts(self.cases, **scope)),
            columns=self._columns(),
            choices=self._choices(),
            views=list(SavedView.objects.filter(user=user)),
            empty=self._empty(),
            may={
                "review": perms.can_review(user),
                "assign": perms.can_assign(user),
                "export": perms.can_export(user),
            },
            agents=self.agents,
            # After a mistake, nothing is to be ticked again.
            ticked=set(ids_of(posted.getlist("dossier"))),
            chosen_agent=posted.get("agent", ""),
        )

    def _lists(self, counts):
        return [
            {
                "label": label,
                "count": counts[name],
                "query": self.filters.to_query(list=name, sort=""),
                "current": name == self.filters.list,
            }
            for name, label in LISTS.items()
        ]

    def _columns(self):
        """Each column with the query that sorts by it, and which way it is sorted now."""
        order = self.filters.order
        ways = {True: "descending", False: "ascending"}
        return [
            {
                "label": label,
                "query": self.filters.sorted_by(name),
                "sorted": ways[order.startswith("-")] if order.removeprefix("-") == name else "",
            }
            for name, label in COLUMNS
        ]

    def _choices(self):
        """What each filter offers, as [(value, label)]; values are what the address says."""
        filters = self.filters
        agents = [(ME, _("Moi")), (NOBODY, _("Personne"))]
        agents += [(str(agent.pk), str(agent)) for agent in self.agents if agent != self.request.user]
        return {
            "procedures": queries.procedures_in(self.cases),
            "departments": [(team.pk, team.name) for team in self.departments],
            "states": [(state.value, state.label) for state in CaseState if state != CaseState.DRAFT],
            "statuses": queries.statuses_in(self.cases, filters.procedure) if filters.procedure else [],
            "agents": agents,
            "channels": Channel.choices,
        }

    def _empty(self):
        """What to say, and where to go, when nothing is found."""
        filters, here = self.filters, reverse("cases:worklist")
        if filters.narrowed and filters.list != ALL:
            wider = f"{here}?{filters.to_query(list=ALL)}"
            return {
                "title": _("Aucun dossier ne correspond"),
                "text": _("Les filtres s’ajoutent à la liste choisie : cherchez aussi dans tous les dossiers."),
                "url": wider,
                "action": _("Chercher dans tous les dossiers"),
            }
        if filters.narrowed:
            return {
                "title": _("Aucun dossier ne correspond"),
                "text": _("Retirez un filtre ou changez les mots cherchés."),
                "url": f"{here}?liste={ALL}",
                "action": _("Retirer les filtres"),
            }
        if filters.list == MINE:
            return {
                "title": _("Rien ne vous est attribué"),
                "text": _("Prenez un dossier parmi ceux que personne n’a encore."),
                "url": f"{here}?liste={UNASSIGNED}",
                "action": _("Voir les dossiers non attribués"),
            }
        return {
            "title": _("Rien à traiter ici"),
            "text": _("Les dossiers arrivent ici dès que les usagers les déposent."),
        }


def ids_of(texts):
    """Return the primary keys that were ticked, each once, no more than two pages of them."""
    wanted = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]
    return list(dict.fromkeys(wanted))[: 2 * PAGE]


def bulk_address(pks, query):
    """Return the address that gives a status to cases; `query` brings back to the list."""
    chosen = {"dossiers": ",".join(map(str, pks)), "retour": query}
    return f"{reverse('cases:bulk')}?{urlencode(chosen)}"


def back_address(query):
    """Return the list that `query` says; never another site."""
    query = filters_of(query).to_query()
    return f"{reverse('cases:worklist')}?{query}" if query else reverse("cases:worklist")
