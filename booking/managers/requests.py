"""The queue of requests: days that families ask for, or ask to cancel, decided one by one or together."""

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from .. import perms
from ..enums import Act
from ..queries import managers as queries
from ..screens import ids_of
from ..services import decisions
from .queue import QueueView

WAITING = "waiting"
KINDS = [
    (Act.ADD.value, gettext_lazy("Réservations")),
    (Act.CANCEL.value, gettext_lazy("Annulations")),
    (WAITING, gettext_lazy("Listes d’attente")),
]


class Requests(QueueView):
    """Reservations with days to decide, the oldest first; each day with its places left and its waiting list."""

    name = "requests"
    template_name = "booking/managers/requests.html"
    allowed = staticmethod(perms.can_decide_days)

    @cached_property
    def kind(self):
        """An Act, WAITING, or "" for all that asks for a decision."""
        kind = self.request.GET.get("nature", "")
        return kind if kind in dict(KINDS) else ""

    @property
    def waiting(self):
        return self.kind == WAITING

    def found(self):
        act = "" if self.waiting else self.kind
        return queries.reservations_to_decide(facility=self.only_facility, act=act, waiting=self.waiting)

    def decide(self, *, one, accept, reason):
        posted = self.request.POST
        whole = ids_of([one] if one else posted.getlist("reservation"))
        days = queries.days_of(whole, waiting=self.waiting) + ids_of([] if one else posted.getlist("jour"))
        if not days:
            raise ValidationError(_("Cochez au moins une demande ou un jour à décider."))
        waive = f"gratuit-{one}" if one else "gratuit"
        self._tell(
            decisions.decide(by=self.request.user, days=days, accept=accept, reason=reason, waive=waive in posted)
        )

    def _tell(self, decided):
        done = [
            (decided.accepted, ngettext("%(count)s jour accepté.", "%(count)s jours acceptés.", len(decided.accepted))),
            (decided.refused, ngettext("%(count)s jour refusé.", "%(count)s jours refusés.", len(decided.refused))),
            (
                decided.waiting,
                ngettext(
                    "%(count)s jour complet, mis sur liste d’attente.",
                    "%(count)s jours complets, mis sur liste d’attente.",
                    len(decided.waiting),
                ),
            ),
        ]
        sentences = [text % {"count": len(days)} for days, text in done if days]
        if sentences:
            messages.success(self.request, " ".join([*sentences, _("Les familles sont prévenues par courriel.")]))
        if decided.full:
            children = ", ".join(sorted({str(day.child) for day in decided.full}))
            messages.warning(
                self.request,
                _("Il n’y a plus assez de places pour %(children)s : ces demandes restent à décider.")
                % {"children": children},
            )
        if decided.untouched:
            messages.info(self.request, _("Certains jours avaient déjà reçu une réponse : ils ne changent pas."))

    def listed(self, page):
        queries.add_waiting(page)
        counts, posted = queries.counts_to_decide(), self.request.POST
        return {
            "kinds": [(kind, label, counts.get(kind, 0)) for kind, label in KINDS],
            "kind": self.kind,
            "chosen": self.only_facility,
            "ticked": set(posted.getlist("reservation")),
            "ticked_days": set(posted.getlist("jour")),
        }
