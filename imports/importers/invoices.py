"""Invoices issued by the legacy software. Issued means frozen: only what was paid, and the PDF, may change."""

from decimal import Decimal

from billing.enums import InvoiceKind
from billing.models import Invoice
from billing.services import file_invoices, withdraw_imported
from water.models import WaterContract

from ..enums import ImportKind, RowAction
from . import columns
from .base import CellField, CellResource, Importer, display
from .pdfs import key_of, same_content

FROZEN = ("customer_reference", "period_start", "period_end", "issued_on", "due_on", "net", "vat", "gross")


class InvoicesResource(CellResource):
    number = CellField(
        "number",
        "Numéro de facture",
        columns.reference(),
        required=True,
        synonyms=(
            "facture",
            "n° facture",
            "no facture",
            "num facture",
            "numéro",
            "pièce",
            "n° pièce",
            "référence facture",
        ),
        example="F2026-000118",
    )
    customer_reference = CellField(
        "customer_reference",
        "Référence client",
        columns.reference(),
        required=True,
        synonyms=(
            "référence",
            "ref client",
            "n° client",
            "code client",
            "n° abonné",
            "n° contrat",
            "référence abonné",
            "code abonné",
            "matricule",
            "code redevable",
        ),
        example="00004512",
    )
    label = CellField(
        "label",
        "Objet",
        columns.repeated_text(200),
        synonyms=("libellé", "désignation", "objet de la facture", "intitulé"),
        example="Eau et assainissement, 1er semestre 2026",
    )
    period_start = CellField(
        "period_start",
        "Début de période",
        columns.day(),
        synonyms=("du", "période du", "date début période", "début", "période début"),
        example="01/01/2026",
    )
    period_end = CellField(
        "period_end",
        "Fin de période",
        columns.day(),
        synonyms=("au", "période au", "date fin période", "fin", "période fin"),
        example="30/06/2026",
    )
    issued_on = CellField(
        "issued_on",
        "Date d’émission",
        columns.day(),
        required=True,
        synonyms=("date facture", "date de facture", "émise le", "date émission", "date de facturation", "date"),
        example="05/07/2026",
    )
    due_on = CellField(
        "due_on",
        "Date d’échéance",
        columns.day(),
        required=True,
        synonyms=("échéance", "date limite", "date limite de paiement", "à payer avant le", "exigible le"),
        example="05/08/2026",
    )
    net = CellField(
        "net",
        "Montant HT",
        columns.amount(),
        synonyms=("ht", "total ht", "hors taxes", "montant hors taxes", "net ht"),
        example="98,40",
    )
    vat = CellField(
        "vat",
        "TVA",
        columns.amount(),
        synonyms=("montant tva", "total tva", "taxe", "taxes", "tva totale"),
        help_text="Sans les colonnes HT et TVA, la TVA est comptée à zéro.",
        example="6,23",
    )
    gross = CellField(
        "gross",
        "Montant TTC",
        columns.amount(),
        required=True,
        synonyms=("ttc", "total ttc", "net à payer", "montant", "total", "montant facture", "à payer"),
        example="104,63",
    )
    paid = CellField(
        "paid",
        "Montant déjà réglé",
        columns.amount(minimum=0),
        synonyms=("réglé", "payé", "montant payé", "déjà payé", "acquitté", "montant réglé", "règlement", "encaissé"),
        help_text="Le seul montant qui peut changer d’un fichier à l’autre.",
        example="0,00",
    )
    holder_name = CellField(
        "holder_name",
        "Titulaire",
        columns.text(200),
        synonyms=("nom", "nom abonné", "abonné", "client", "redevable", "nom client", "destinataire"),
        help_text="Sans cette colonne, celui du contrat.",
    )
    holder_address = CellField(
        "holder_address",
        "Adresse",
        columns.text(400),
        synonyms=("adresse", "adresse facturation", "adresse de facturation", "adresse client"),
        help_text="Sans cette colonne, celle du point de livraison.",
    )


class InvoicesImporter(Importer):
    kind = ImportKind.INVOICES
    title = "Factures d’eau"
    explanation = (
        "Une facture par ligne. Une facture émise ne change plus : seuls le montant déjà réglé et le PDF peuvent "
        "être mis à "
        "jour. Les contrats doivent déjà être connus du portail : importez d’abord les abonnés."
    )
    resource_class = InvoicesResource
    models = (Invoice,)
    takes_archive = True
    pdfs = None

    # Values -------------------------------------------------------------------------------------------------------

    def tidy(self, row, titles):
        values = row.values
        if width := self.options.get("reference_width"):
            reference = values["customer_reference"]
            if reference.isascii() and reference.isdigit():
                values["customer_reference"] = reference.zfill(width)

        def refuse(text, name):
            row.refuse(text, field=name, column=titles.get(name, ""), value=display(values.get(name)))

        if values["gross"] < 0:
            refuse("Un montant négatif est un avoir : les avoirs ne s’importent pas. Retirez la ligne.", "gross")
            return
        self._complete_amounts(values)
        if values["net"] + values["vat"] != values["gross"]:
            refuse(
                f"Le HT et la TVA font {display(values['net'] + values['vat'])}, pas ce montant. Corrigez l’un "
                "des trois.",
                "gross",
            )
        if values["due_on"] < values["issued_on"]:
            refuse("L’échéance précède la date d’émission. Corrigez l’une des deux dates.", "due_on")
        start, end = values.get("period_start"), values.get("period_end")
        if start and end and end < start:
            refuse("La fin de période précède son début. Corrigez l’une des deux dates.", "period_end")
        if values.get("paid", 0) > values["gross"]:
            row.notices.append("Le montant déjà réglé dépasse celui de la facture : rien ne sera demandé à l’habitant.")

    def _complete_amounts(self, values):
        gross, net, vat = values["gross"], values.get("net"), values.get("vat")
        if net is None:
            net = gross - (vat or Decimal("0.00"))
        values["net"] = net
        values["vat"] = gross - net if vat is None else vat

    def title_of(self, values):
        return " · ".join(filter(None, (values.get("number"), values.get("customer_reference"))))

    def keys(self, row):
        return row.values["number"], "", ""

    def duplicate(self, slot, key, other):
        return (
            f"La facture {key} est aussi à la ligne {other}, avec d’autres valeurs. Gardez la bonne ligne, "
            "supprimez l’autre."
        )

    # Records ------------------------------------------------------------------------------------------------------

    def resolve(self, chunk):
        rows = [row for row in chunk.rows if not row.refused]
        references = {row.values["customer_reference"] for row in rows}
        # Locked as well: a resident who attaches the contract meanwhile waits, then takes these invoices too.
        contracts = chunk.load(WaterContract.objects.filter(reference__in=references).select_related("delivery_point"))
        self.contracts = {contract.reference: contract for contract in contracts}
        numbers = {row.values["number"] for row in rows}
        self.invoices = {invoice.number: invoice for invoice in chunk.load(Invoice.objects.filter(number__in=numbers))}
        self.pending_pdfs = {}
        if self.pdfs is not None:
            self._read_pdfs(chunk, rows)

    def _read_pdfs(self, chunk, rows):
        """Keep the PDFs of the chunk that are new or differ: their stored name when applying, a mark when checking."""
        by_key = {key_of(row.values["number"]): row for row in rows}
        for key, content, sentence in self.pdfs.contents(by_key.keys()):
            row = by_key[key]
            if content is None:
                row.notices.append(sentence)
                continue
            invoice = self.invoices.get(row.values["number"])
            if invoice is not None and same_content(invoice.pdf, content):
                continue
            self.pending_pdfs[row.values["number"]] = self.pdfs.save(key, content) if chunk.lock else "PDF"

    def put(self, chunk, row):
        values = row.values
        number, reference = values["number"], values["customer_reference"]
        contract, invoice = self.contracts.get(reference), self.invoices.get(number)
        if contract is None:
            row.refuse(
                "Aucun contrat ne porte cette référence. Importez d’abord les abonnés, ou corrigez la référence.",
                field="customer_reference",
                column="Référence client",
                value=reference,
            )
            return False
        if invoice is not None and self._changes_frozen(row, invoice):
            return False
        pdf = self.pending_pdfs.get(number)
        if invoice is not None:
            chunk.put(
                row,
                invoice,
                {
                    "paid_at_source": values.get("paid"),
                    "pdf": pdf,
                    "profile_id": contract.profile_id if invoice.profile_id is None else None,
                },
                labels={
                    "pdf": lambda value: "présent" if value else "",
                    "profile_id": lambda value: "rattachée" if value else "",
                },
            )
            if pdf and row.changes and row.changes[-1]["label"] == "PDF" and row.changes[-1]["old"]:
                row.changes[-1]["new"] = "nouvelle version"
            return False
        invoice = chunk.put(
            row,
            None,
            {
                **{name: values.get(name) for name in (*FROZEN, "label")},
                "paid_at_source": values.get("paid"),
                "pdf": pdf,
            },
            model=Invoice,
            defaults={
                "number": number,
                "kind": InvoiceKind.WATER,
                "profile_id": contract.profile_id,
                "holder_name": values.get("holder_name") or contract.holder_name,
                "holder_address": values.get("holder_address") or str(contract.delivery_point),
            },
        )
        self.invoices[number] = invoice
        return True

    def _changes_frozen(self, row, invoice):
        """Refuse a row that would change what an issued invoice says."""
        values = row.values
        differing = [name for name in FROZEN if values.get(name) is not None and values[name] != getattr(invoice, name)]
        for name in differing:
            row.refuse(
                f"Une facture émise ne change pas : elle porte « {display(getattr(invoice, name))} ». Pour la "
                "corriger, émettez "
                "un avoir et une nouvelle facture.",
                field=name,
                column=self.fields[name].label,
                value=display(values[name]),
            )
        name = values.get("holder_name")
        if name and name != invoice.holder_name and not differing:
            row.notices.append(f"La facture garde le titulaire sous lequel elle a été émise : {invoice.holder_name}.")
        return bool(differing)

    # The whole file -----------------------------------------------------------------------------------------------

    def whole_file_notices(self, batch):
        if self.pdfs is None:
            return []
        names = self.pdfs.names()
        known = {
            key_of(number)
            for number in batch.rows.exclude(action=RowAction.REFUSED).values_list("key", flat=True).iterator()
        }
        unmatched = sorted(name for key, name in names.items() if key not in known)
        notices = [
            {
                "tone": "info",
                "title": f"{len(names) - len(unmatched)} PDF sur {len(names)} correspondent à une facture du fichier.",
                "details": [],
            }
        ]
        if unmatched:
            notices.append(
                {
                    "tone": "warning",
                    "title": (
                        f"{len(unmatched)} PDF ne correspondent à aucune facture retenue du fichier. Ils seront "
                        "laissés de côté."
                    ),
                    "details": unmatched[:200],
                }
            )
        return notices

    def written(self, records):
        # They file themselves in « Mes documents » of who has the contract, as the PDF that came with them.
        file_invoices(numbers=[record.number for record in records])

    def keep(self, model, records):
        return {
            record.pk: "Cette facture a été payée en ligne, ou un paiement est en cours."
            for record in records
            if record.paid_online
        }

    def delete(self, model, records, *, by):
        withdraw_imported(by=by, numbers=[record.number for record in records])
