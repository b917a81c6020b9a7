"""An agent files for a resident at the desk or on the telephone: who and what first, then the resident's own form."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from .. import perms
from ..enums import CaseState, Channel
from ..filing import routes
from ..filing.seats import AgentSeat
from ..forms import reading
from ..models import Case
from ..queries import applicants as queries
from ..services import drafts
from .base import DeskView

UNKNOWN = "inconnu"
NAME_LENGTH = Case._meta.get_field("applicant").max_length
CHANNELS = [Channel.DESK, Channel.PHONE]


class FilingFor(DeskView):
    """The resident found by name or e-mail, or somebody without an account; the procedure; how they came."""

    name = "filing_for"
    template_name = "procedures/desk/filing_for.html"
    title = gettext_lazy("Déposer pour un usager")
    allowed = staticmethod(perms.can_file_for)

    def get(self, request):
        return self._show(request.GET)

    def post(self, request):
        try:
            case = self._start()
        except ValidationError as error:
            return self._show(request.POST, status=422, errors=error.messages)
        if case.found_again:
            messages.info(request, _("Une saisie était déjà commencée : vous la reprenez."))
        return redirect(AgentSeat(request, case).url("form"))

    def _start(self):
        posted = self.request.POST
        page = next((page for page in self.procedures if str(page.pk) == posted.get("demarche")), None)
        errors = [] if page else [_("Choisissez une démarche.")]
        if posted.get("origine") not in CHANNELS:
            errors.append(_("Dites si la personne est à l’accueil ou au téléphone."))
        who, problems = self._applicant(posted)
        if errors + problems:
            raise ValidationError(errors + problems)
        return drafts.start(by=self.request.user, page=page, channel=Channel(posted["origine"]), **who)

    def _applicant(self, posted):
        """Return ({what drafts.start takes}, [why it is refused])."""
        chosen = posted.get("usager", "")
        if chosen != UNKNOWN:
            applicant = queries.applicant_of(chosen)
            if applicant is None:
                return {}, [_("Choisissez l’usager, ou « Une personne sans compte ».")]
            return {"profile": applicant.profile, "holder": applicant.user}, []
        name, email = " ".join(reading.text(posted.get("nom")).split()), posted.get("courriel", "").strip()
        problems = [] if name else [_("Écrivez le nom de la personne.")]
        if len(name) > NAME_LENGTH:
            problems.append(_("Ce nom est trop long : %(most)s caractères au plus.") % {"most": NAME_LENGTH})
        if email:
            try:
                validate_email(email)
            except ValidationError:
                problems.append(_("Cette adresse ne semble pas complète : il faut par exemple nom@exemple.fr."))
        return {"applicant": name, "email": email}, problems

    @cached_property
    def procedures(self):
        return queries.procedures_to_file()

    def _show(self, data, status=200, errors=()):
        query = data.get("q", "").strip()[:100]
        found, more = queries.find(query)
        chosen = data.get("usager", "")
        known = queries.applicant_of(chosen)
        if known and known not in found:
            found.insert(0, known)
        return self.show(
            status=status,
            errors=errors,
            query=query,
            found=found,
            more=more,
            procedures=self.procedures,
            channels=CHANNELS,
            typed={name: data.get(name, "") for name in ("demarche", "origine", "nom", "courriel")},
            chosen=chosen or (found[0].value if len(found) == 1 else ""),
            unknown=UNKNOWN,
            begun=[
                (draft, AgentSeat(self.request, draft).url("form"), AgentSeat(self.request, draft).url("delete"))
                for draft in queries.begun_by(self.request.user)
            ],
        )


def seat(request, public_id, rest):
    """Answer as `procedures.filing` does, for the case that this agent types."""
    if not perms.can_file_for(request.user):
        raise PermissionDenied
    cases = Case.objects.select_related("page", "version", "profile", "filed_by", "department")
    case = get_object_or_404(cases, public_id=public_id, entered_by=request.user)
    here = AgentSeat(request, case)
    if not rest:
        return redirect(here.url("form" if case.state == CaseState.DRAFT else "filed"))
    return routes.answer(here, request, rest)
