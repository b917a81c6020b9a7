"""What the style guide shows: one example of each component in each of its states."""

import datetime
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from .forms import DateInput
from .states import State


class ExampleState(State):
    """One state of each tone."""

    RUNNING = "running", "info", "arrow-path", _("En cours d’examen")
    PAID = "paid", "success", "check-circle", _("Payée")
    TO_PAY = "to_pay", "warning", "clock", _("À payer")
    LATE = "late", "danger", "exclamation-circle", _("En retard")
    CLOSED = "closed", "neutral", "archive-box", _("Classée")


class ExampleForm(forms.Form):
    """One field of each kind."""

    email = forms.EmailField(label=_("Courriel"), help_text=_("Par exemple : camille.martin@exemple.fr"))
    password = forms.CharField(label=_("Mot de passe"), widget=forms.PasswordInput, help_text=_("Au moins 12 signes."))
    phone = forms.CharField(label=_("Téléphone"), required=False)
    birth_date = forms.DateField(label=_("Date de naissance"), widget=DateInput)
    town = forms.ChoiceField(label=_("Commune"), choices=[("", "Choisissez"), ("octon", "Octon")])
    message = forms.CharField(label=_("Message"), widget=forms.Textarea, required=False)
    means = forms.ChoiceField(
        label=_("Moyen de paiement"),
        choices=[("card", "Carte bancaire"), ("debit", "Prélèvement")],
        widget=forms.RadioSelect,
        help_text=_("Vous pourrez en changer."),
    )
    services = forms.MultipleChoiceField(
        label=_("Services"),
        choices=[("water", "Eau potable"), ("sewerage", "Assainissement")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    accept = forms.BooleanField(label=_("J’accepte les conditions"), help_text=_("Elles tiennent sur une page."))
    proof = forms.FileField(label=_("Justificatif de domicile"), help_text=_("PDF, JPEG ou PNG, 10 Mo au plus."))


def _form_page(form):
    return {
        "title": "Créer un compte",
        "intro": "Un seul compte pour l’eau, l’enfance et vos démarches.",
        "crumbs": [("Accueil", "/")],
        "form": form,
        "submit_label": "Créer mon compte",
        "cancel_url": "/",
    }


def _space():
    entries = [
        ("Tableau de bord", "squares-2x2", 0),
        ("Mes contrats", "document-text", 0),
        ("Mes factures", "banknotes", 2),
        ("Mes données", "user", 0),
    ]
    menu = [
        {"title": t, "icon": i, "count": c, "url": f"#{i}", "current": n == 0} for n, (t, i, c) in enumerate(entries)
    ]
    return {"title": "Bonjour Camille", "space_menu": menu}


# The base templates, by the name of their page under `/_composants/`.
PAGES = {
    "accueil": ("theme/style_guide_home.html", {"title": "Accueil"}),
    "espace": ("theme/style_guide_space.html", _space),
    "formulaire": ("theme/form_page.html", lambda: _form_page(ExampleForm())),
    "formulaire-refuse": ("theme/form_page.html", lambda: _form_page(ExampleForm({"email": "camille"}))),
    "introuvable": ("404.html", {}),
    "refuse": ("403.html", {}),
    "expire": ("403_csrf.html", {}),
    "panne": ("500.html", {}),
    "bloque": ("theme/locked.html", {"minutes": 15}),
    "courriel": ("theme/style_guide_mail.html", {}),
}


def context(request, paginator):
    """Return the context of `theme/style_guide.html`."""
    columns = [
        {"label": "Numéro", "key": "number", "kind": "link"},
        {"label": "Objet", "key": "label"},
        {"label": "Échéance", "key": "due", "kind": "date"},
        {"label": "Montant", "key": "amount", "kind": "money", "align": "end"},
        {"label": "État", "key": "state", "kind": "chip"},
    ]
    rows = [
        _row("F2026-00412", "Eau, 1er semestre 2026", (2026, 12, 31), "84.20", ExampleState.TO_PAY),
        _row("F2026-00977", "Cantine, octobre 2026", (2026, 12, 5), "1062.00", ExampleState.LATE),
        _row("F2026-00311", "Cantine, septembre 2026", (2026, 11, 1), "58.90", ExampleState.PAID),
    ]
    values = [38, 41, 36, 44, 47, 92, 40, 39]
    series = [{"label": f"S{i % 2 + 1} {23 + i // 2}", "value": value} for i, value in enumerate(values)]
    series[5] |= {"tone": "warning", "note": "plus du double de votre moyenne."}
    months = [f"{i % 12 + 1:02}/{25 + i // 12}" for i in range(24)]
    monthly = [{"label": month, "value": Decimal(i % 7) + Decimal("2.5")} for i, month in enumerate(months)]
    return {
        "title": "Composants",
        "crumbs": [("Accueil", "/"), ("Mon compte", "/mon-compte/")],
        "states": ExampleState,
        "tones": ["info", "success", "warning", "danger", "neutral"],
        "columns": columns,
        "rows": rows,
        "no_rows": [],
        "items": [
            {"label": "Nom", "value": "Camille Martin", "change_url": "#nom"},
            {"label": "Adresse", "value": "12 rue des Oliviers, 34800 Octon", "change_url": "#adresse"},
            {"label": "Référence client", "value": "00004512"},
        ],
        "steps": ["Vos factures", "Vérification", "Paiement", "Confirmation"],
        "series": series,
        "monthly": monthly,
        "entries": [
            {"date": datetime.date(2026, 11, 20), "title": "Demande envoyée", "icon": "paper-airplane"},
            {"date": datetime.date(2026, 11, 21), "title": "Examen en cours", "tone": "info", "text": "Par le service"},
            {"date": datetime.date(2026, 11, 22), "title": "Acceptée", "tone": "success"},
        ],
        "form": ExampleForm(),
        "wrong_form": ExampleForm({"email": "camille", "services": []}, prefix="erreur"),
        "amount": Decimal("1234.5"),
        "refund": Decimal("-12"),
        "page_obj": paginator.get_page(request.GET.get("page", 5)),
    }


def _row(number, label, due, amount, state):
    link = {"url": f"#{number}", "label": number}
    return {"number": link, "label": label, "due": datetime.date(*due), "amount": Decimal(amount), "state": state}
