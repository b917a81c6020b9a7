"""A request for direct debit becomes a SEPA mandate (s1.10)."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import services as billing
from billing.models import SepaMandate
from billing.queries import active_mandates
from billing.rules import iban_is_valid, masked_iban
from water.models import WaterContract

from ..enums import FieldKind
from . import read
from .base import Handler, asks


@dataclass(frozen=True, slots=True)
class Mandate:
    contract: WaterContract
    holder_name: str
    iban: str
    bic: str
    signed_on: dt.date
    former: SepaMandate | None

    @property
    def shown_iban(self):
        return masked_iban(self.iban)


class CreateMandate(Handler):
    key = "create_mandate"
    label = gettext_lazy("Mettre en place un prélèvement automatique")
    explanation = gettext_lazy(
        "Enregistre un mandat SEPA pour les factures d’un contrat ; celui qui était en place est révoqué."
    )
    needs_profile = True
    inputs = (
        asks("contract", gettext_lazy("Contrat à prélever"), FieldKind.CONTRACT),
        asks("holder", gettext_lazy("Titulaire du compte bancaire"), FieldKind.SHORT_TEXT),
        asks("iban", gettext_lazy("IBAN"), FieldKind.IBAN),
        asks("agreement", gettext_lazy("Autorisation de prélever"), FieldKind.AGREEMENT),
        asks("bic", gettext_lazy("BIC"), FieldKind.SHORT_TEXT, required=False),
    )

    def prepare(self, case, values):
        iban = "".join(values["iban"].split()).upper()
        if not iban_is_valid(iban):
            raise ValidationError(_("L’IBAN du dossier n’existe pas : faites-le corriger."))
        contract = read.contract(case, values["contract"])
        return Mandate(
            contract=contract,
            holder_name=values["holder"],
            iban=iban,
            bic=values["bic"] or "",
            # The word was given when the case was filed, whenever it is accepted.
            signed_on=timezone.localdate(case.filed_at),
            former=active_mandates(case.profile).get(contract.reference),
        )

    def describe(self, plan):
        sentences = [
            _("Accepter met en place le prélèvement des factures du contrat %(contract)s.")
            % {"contract": plan.contract},
            _("Elles seront prélevées sur le compte %(iban)s de %(name)s.")
            % {"iban": plan.shown_iban, "name": plan.holder_name},
        ]
        if plan.former:
            sentences.append(
                _("Le mandat %(former)s, sur le compte %(iban)s, est révoqué.")
                % {"former": plan.former, "iban": plan.former.masked_iban}
            )
        return sentences

    def perform(self, plan, *, case, by):
        mandate = billing.create_mandate(
            by=by,
            profile=case.profile,
            customer_reference=plan.contract.reference,
            holder_name=plan.holder_name,
            iban=plan.iban,
            bic=plan.bic,
            signed_on=plan.signed_on,
            source=f"procedures.case:{case.pk}",
        )
        sentence = _("Le prélèvement est en place pour le contrat %(contract)s : mandat %(mandate)s.")
        url = reverse("wagtailsnippets_billing_sepamandate:inspect", args=[mandate.pk])
        return sentence % {"contract": plan.contract, "mandate": mandate}, url
