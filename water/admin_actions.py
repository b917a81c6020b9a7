"""Back office: actions that call a service, after a page that says what will happen."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.back_office import ActionView

from . import exports, perms, queries
from .forms import RefusalForm
from .services import attachment, codes, requests

# Codes ---------------------------------------------------------------------------------------------------------------


class IssueCodesView(ActionView):
    """Issue codes for the contracts that have none; says how many first."""

    page_title = "Émettre des codes d’activation"
    header_icon = "key"
    success = "L’émission est lancée. Le lot sera prêt à exporter dans quelques instants."
    allowed = staticmethod(perms.can_issue_codes)

    @cached_property
    def counts(self):
        return queries.code_counts()

    @property
    def button(self):
        count = self.counts["without_code"]
        return f"Émettre {count} code{'s' if count > 1 else ''}" if count else ""

    def explanation(self):
        counts = self.counts
        if not counts["without_code"]:
            return ["Chaque contrat en cours est déjà rattaché à un compte ou a déjà un code d’activation."]
        return [
            f"Contrats en cours sans code d’activation : {counts['without_code']}. Un code sera émis pour chacun.",
            f"Laissés de côté : {counts['attached']} déjà rattachés à un compte, {counts['with_code']} qui ont déjà "
            f"un code, {counts['terminated']} résiliés.",
            "Les codes ne pourront être exportés qu’une seule fois, par vous, pour le publipostage.",
        ]

    def act(self):
        batch = codes.issue_codes(by=self.request.user)
        return reverse(self.inspect_url_name, args=[batch.pk])


class ResumeBatchView(ActionView):
    """Go on with a batch that stopped, whatever stopped it."""

    page_title = "Reprendre l’émission"
    header_icon = "resubmit"
    button = "Reprendre"
    success = "L’émission reprend où elle s’était arrêtée."
    allowed = staticmethod(perms.can_issue_codes)

    def explanation(self):
        return [
            f"{self.object.count} codes sur {self.object.total} sont émis.",
            "À faire seulement si ce nombre n’avance plus.",
        ]

    def act(self):
        codes.resume_batch(by=self.request.user, batch=self.object)
        return self.back_url


class ExportCodesView(ActionView):
    """Export a batch, once, as a spreadsheet; a batch of one may also be read on the screen."""

    page_title = "Exporter les codes"
    header_icon = "download"
    template_name = "water/admin/export.html"
    allowed = staticmethod(perms.can_issue_codes)

    def dispatch(self, request, *args, **kwargs):
        # Whoever issued them, and nobody else: not even the page that asks.
        if self.object.issued_by_id != request.user.pk:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def explanation(self):
        return [
            "L’export n’est possible qu’une seule fois : les codes sont ensuite effacés du portail.",
            "Gardez le fichier en lieu sûr, et supprimez-le après le publipostage.",
        ]

    def act(self):
        chosen = self.request.POST.get("format", "")
        if chosen not in exports.FORMATS and not (chosen == "screen" and self.object.count == 1):
            raise ValidationError("Choisissez un format de fichier.")
        rows = codes.export_codes(by=self.request.user, batch=self.object)
        if chosen == "screen":
            context = self.get_context_data(rows=rows)
            response = self.render_to_response({**context, "shown": rows})
        else:
            response = exports.spreadsheet(rows, name=f"codes-lot-{self.object.pk}", format_name=chosen)
        response["Cache-Control"] = "no-store, private"
        return response


class ReissueCodeView(ActionView):
    """Void the code of one contract and issue another."""

    page_title = "Émettre un nouveau code"
    header_icon = "key"
    button = "Émettre un nouveau code"
    success = "Un nouveau code est émis. Exportez-le ou lisez-le maintenant : ce ne sera possible qu’une fois."
    allowed = staticmethod(perms.can_issue_codes)

    def explanation(self):
        return [
            f"L’ancien code du contrat {self.object.reference} ({self.object.holder_name}) ne sera plus valable.",
            "Le nouveau code forme un lot à lui seul, que vous pourrez lire ou exporter une fois.",
        ]

    def act(self):
        batch = codes.reissue_code(by=self.request.user, contract=self.object)
        return reverse("wagtailsnippets_water_codebatch:export", args=[batch.pk])


class DetachContractView(ActionView):
    """End the attachment of a contract to a profile."""

    page_title = "Mettre fin au rattachement"
    header_icon = "cross"
    button = "Mettre fin au rattachement"
    serious = True
    success = "Le contrat n’est plus rattaché. Pour le rattacher de nouveau, émettez un code."
    allowed = staticmethod(perms.can_detach)

    def explanation(self):
        return [
            f"Le profil « {self.object.profile} » ne verra plus le contrat {self.object.reference}, ni ses factures.",
            "Les règlements déjà faits restent à ceux qui les ont faits.",
        ]

    def act(self):
        attachment.detach_contract(by=self.request.user, contract=self.object)
        return self.back_url


# Requests ------------------------------------------------------------------------------------------------------------


class SendCodeView(ActionView):
    """« Vérifier et envoyer le code » (s1.4): never automatic."""

    page_title = "Vérifier et envoyer le code"
    header_icon = "mail"
    template_name = "water/admin/request_action.html"
    button = "J’ai vérifié : envoyer le code"
    success = "Le code est envoyé par courriel."
    allowed = staticmethod(perms.can_handle_requests)

    def explanation(self):
        return [
            f"Un nouveau code sera envoyé à {self.object.email}.",
            "Celui qui était imprimé sur le contrat ne sera plus valable.",
        ]

    def act(self):
        requests.send_code(by=self.request.user, code_request=self.object)
        return reverse(self.index_url_name)

    def get_context_data(self, **kwargs):
        return super().get_context_data(comparison=compared(self.object), **kwargs)


class RefuseCodeView(SendCodeView):
    """Refuse, and say why in a mail."""

    page_title = "Refuser la demande"
    header_icon = "cross"
    button = "Refuser et prévenir l’usager"
    serious = True
    form_class = RefusalForm
    success = "La demande est refusée. L’usager est prévenu par courriel."

    def explanation(self):
        return [f"Le motif sera envoyé à {self.object.email}."]

    def act(self):
        requests.refuse_code(by=self.request.user, code_request=self.object, **self.form.cleaned_data)
        return reverse(self.index_url_name)


def compared(request):
    """Return what an agent compares: {contract, rows of (label, on the contract, in the account)}."""
    contract = queries.contract_asked_for(request)
    profile, user = request.profile, request.requested_by
    town = f"{profile.postcode} {profile.town}".strip()
    address = ", ".join(filter(None, [profile.address, profile.address_complement, town]))
    return {
        "contract": contract,
        "rows": [
            ("Nom", contract.holder_name if contract else "–", f"{user.get_full_name()} (profil {profile.name})"),
            ("Adresse", str(contract.delivery_point) if contract else "–", address or "Non renseignée"),
            ("Courriel", "–", request.email),
            ("Téléphone", "–", profile.phone or "Non renseigné"),
        ],
    }
