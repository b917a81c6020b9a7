"""Many cases at once get a status, with the words that go with it; one case is taken, given, or passed on."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from accounts.models import Department

from .. import handlers, perms
from ..enums import CaseState
from ..queries import worklist as queries
from ..services import assignment, review
from .base import DeskView
from .worklist import ASSIGN, RELEASE, TAKE, back_address, bulk_address, ids_of

PASS = "transmettre"
# Told one by one; the others are counted.
MAX_TOLD = 10


class Bulk(DeskView):
    """The ticked cases, the statuses that all of them may have, and a text that goes with the mail of each."""

    name = "bulk"
    tab = "worklist"
    title = gettext_lazy("Changer le statut")
    template_name = "procedures/desk/bulk.html"
    allowed = staticmethod(perms.can_review)

    @cached_property
    def chosen(self):
        """The cases that the address names, as far as the agent may see them."""
        ticked = ids_of(self.request.GET.get("dossiers", "").split(","))
        return queries.with_versions(self.cases, ticked)

    @property
    def moved(self):
        """Those that are no longer as the form showed them: « 12:3 » is the case 12 at its revision 3."""
        seen = set(self.request.POST.getlist("revision"))
        return [case for case in self.chosen if f"{case.pk}:{case.revision}" not in seen]

    @property
    def back(self):
        return back_address(self.request.GET.get("retour", ""))

    def get(self, request):
        if not self.chosen:
            messages.error(request, _("Cochez au moins un dossier."))
            return redirect(self.back)
        return self._show()

    def post(self, request):
        status, text = request.POST.get("statut", ""), request.POST.get("texte", "")
        if moved := self.moved:
            return self._show(409, moved=moved, status_key=status, text=text)
        if status not in {one.key for one in common_statuses(self.chosen)}:
            return self._show(422, problem=_("Choisissez un statut."), status_key=status, text=text)
        changed, refused, problems = [], [], []
        for case in self.chosen:
            # Each on its own: what one case can't do, the others still do.
            try:
                done = {"status": status, "text": text, "revision": case.revision}
                changed.append(review.change_status(by=request.user, case=case, **done))
            except ValidationError as error:
                refused.append(case.pk)
                problems.append(f"{case.number} : {' '.join(error.messages)}")
            except PermissionDenied:
                problems.append(_("%(number)s n’est plus de vos services.") % {"number": case.number})
        self._tell(len(changed), problems)
        # What was typed stays, for those that are left.
        self.chosen = queries.with_versions(self.cases, refused)
        return self._show(422, status_key=status, text=text) if self.chosen else redirect(self.back)

    def _tell(self, changed, problems):
        if changed:
            text = ngettext(
                "%(count)s dossier a changé de statut ; l’usager est prévenu.",
                "%(count)s dossiers ont changé de statut ; les usagers sont prévenus.",
                changed,
            )
            messages.success(self.request, text % {"count": changed})
        for problem in problems[:MAX_TOLD]:
            messages.error(self.request, problem)
        if (rest := len(problems) - MAX_TOLD) > 0:
            text = ngettext("%(count)s autre n’a pas changé.", "%(count)s autres n’ont pas changé.", rest)
            messages.error(self.request, text % {"count": rest})

    def _show(self, code=200, *, problem="", moved=(), status_key="", text=""):
        statuses = common_statuses(self.chosen)
        return self.show(
            status=code,
            chosen=self.chosen,
            statuses=statuses,
            effects=effects_of(self.chosen) if any(one.state == CaseState.ACCEPTED for one in statuses) else [],
            address=bulk_address([case.pk for case in self.chosen], self.request.GET.get("retour", "")),
            back=self.back,
            problem=problem,
            moved=moved,
            status_key=status_key,
            text=text,
        )


def common_statuses(cases):
    """Return the statuses that every one of `cases` may be given, as the first one's procedure orders them."""
    offered = [review.statuses_for(case) for case in cases]
    if not offered:
        return []
    first, *others = offered
    known = [{(status.key, status.label, status.state) for status in statuses} for statuses in others]
    return [status for status in first if all((status.key, status.label, status.state) in own for own in known)]


def effects_of(cases):
    """Return what accepting `cases` does in the portal, each effect said once."""
    keys = dict.fromkeys(case.version.handling.get("handler", "") for case in cases)
    return [handlers.get(key).label for key in keys if key]


class AssignOne(DeskView):
    """Who has a case: take it, give it, give it back, or pass it on to another department with a note."""

    name = "assign"
    tab = "worklist"
    title = gettext_lazy("Attribuer ou transmettre")
    template_name = "procedures/desk/assign.html"
    allowed = staticmethod(perms.can_review)

    @cached_property
    def case(self):
        return self.get_case(self.kwargs["pk"], "assigned_to", "department")

    @cached_property
    def agents(self):
        return queries.agents_for(self.case)

    @cached_property
    def departments(self):
        """Those that the case can be passed on to."""
        return list(Department.objects.filter(active=True).exclude(pk=self.case.department_id))

    def get_page_subtitle(self):
        return self.case.number

    def get_crumbs(self):
        return [{"url": reverse("cases:case", args=[self.case.pk]), "label": self.case.number}]

    def get(self, request, pk):
        return self._show()

    def post(self, request, pk):
        # A 404 out of scope, whatever was posted.
        self.get_case(pk)
        try:
            self._act(request.POST.get("action", ""))
        except ValidationError as error:
            return self._show(422, " ".join(error.messages))
        if self.cases.filter(pk=pk).exists():
            return redirect("cases:case", pk)
        return redirect("cases:worklist")

    def _act(self, action):
        by, posted = self.request.user, self.request.POST
        if action == TAKE:
            former = self.case.assigned_to
            assignment.assign(by=by, cases=[self.case], to=by)
            messages.success(self.request, _("Le dossier est à vous."))
            if former and former != by:
                # Taken over knowingly, or a moment after a colleague took it.
                messages.warning(self.request, _("%(agent)s l’avait : prévenez cette personne.") % {"agent": former})
        elif action == RELEASE:
            assignment.assign(by=by, cases=[self.case], to=None)
            messages.success(self.request, _("Le dossier est rendu à son service."))
        elif action == ASSIGN:
            to = next((agent for agent in self.agents if str(agent.pk) == posted.get("agent")), None)
            if to is None:
                raise ValidationError(_("Choisissez un agent."))
            assignment.assign(by=by, cases=[self.case], to=to)
            messages.success(self.request, _("Le dossier est attribué à %(agent)s.") % {"agent": to})
        elif action == PASS:
            wanted = posted.get("service")
            department = next((one for one in self.departments if str(one.pk) == wanted), None)
            if department is None:
                raise ValidationError(_("Choisissez le service à qui transmettre le dossier."))
            assignment.pass_on(by=by, case=self.case, department=department, text=posted.get("note", ""))
            text = _("Le dossier est transmis au service « %(department)s ».") % {"department": department.name}
            messages.success(self.request, text)

    def _show(self, code=200, problem=""):
        posted = self.request.POST
        return self.show(
            status=code,
            case=self.case,
            agents=self.agents,
            departments=self.departments,
            may_assign=perms.can_assign(self.request.user),
            mine=self.case.assigned_to_id == self.request.user.pk,
            problem=problem,
            action=posted.get("action", ""),
            chosen={"agent": posted.get("agent", ""), "department": posted.get("service", "")},
            note=posted.get("note", ""),
        )
