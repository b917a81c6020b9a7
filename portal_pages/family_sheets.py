"""What « Ma famille » shows: the blocks of « Mon compte famille » (s3.2, s4.1), ready for the templates."""

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.enums import FamilyForm, QuotientState
from accounts.family_fields import rules_of
from accounts.queries import changes as asked
from accounts.queries import family as queries
from accounts.records import shown
from documents.models import DocumentRequirement
from theme import formats

from .child_views import child_cards
from .forms import NOT_GIVEN
from .space import space_of

# The blocks that are other pages of the space, as the guides name them: page, title, text, icon, tab.
BLOCKS = [
    ("EnrolmentsPage", "Les inscriptions", "Inscrire vos enfants à une activité.", "clipboard-document-check", ""),
    ("ReservationsPage", "Les réservations", "Réserver des jours, les consulter, les annuler.", "calendar-days", ""),
    ("InvoicesPage", "Mes factures et paiements", "Voir vos factures et les régler en ligne.", "banknotes", ""),
    (
        "DocumentsPage",
        "Pièces justificatives à fournir",
        "Envoyer les documents demandés.",
        "folder-open",
        "?onglet=pieces",
    ),
]


def family_sheet(page, request):
    """Return the context of the page for a household."""
    space, profile = space_of(request, page), request.profile
    url = page.get_url(request)
    waiting = asked.pending_list(profile)
    by_record = {(change.form, change.target_id): change for change in waiting}
    links = {name: url + page.reverse_subpage(name) for name in ("change_file", "add_guardian", "declare_quotient")}
    return {
        "may_manage": space.can_manage,
        "facts": file_facts(profile, by_record.get((FamilyForm.FAMILY, profile.pk))),
        "file_change": by_record.get((FamilyForm.FAMILY, profile.pk)),
        "links": {**links, "requests": url + page.reverse_subpage("change_requests")},
        "login_url": reverse("accounts:login_change"),
        "password_url": reverse("accounts:password_change"),
        "guardians": guardian_cards(page, request, by_record),
        "asked_guardians": [name_asked(change) for change in asked.additions(waiting, FamilyForm.GUARDIAN)],
        "waiting_cards": request_cards(page, request, waiting)["cards"],
        "children": child_cards(page, request),
        "child_add_url": url + page.reverse_subpage("child_add") if space.can_write else "",
        "blocks": [
            {"title": title, "text": text, "icon": icon, "url": space.url_of(kind) + tab}
            for kind, title, text, icon, tab in BLOCKS
            if space.url_of(kind)
        ],
        "acceptance": queries.last_acceptance(profile),
        **quotient_sheet(page, request),
    }


# Read as one: an address on one line, both telephones on another.
TOGETHER = [
    ("Adresse", ("address", "address_complement", "postcode", "town")),
    ("Téléphones", ("phone", "second_phone")),
]


def file_facts(profile, pending):
    """Return the items of `{% summary_list %}` of the family file: those that the family sees, what waits beside."""
    file = queries.family_file_of(profile)
    rules = {name: rule for name, rule in rules_of(FamilyForm.FAMILY).items() if rule.visible}
    held = {
        name: shown(FamilyForm.FAMILY, name, getattr(profile if hasattr(profile, name) else file, name))
        for name in rules
    }
    asked_for = {row.field: row.new_text for row in pending.waiting} if pending else {}
    facts, seen = [], set()
    for name, rule in rules.items():
        label, names = next((group for group in TOGETHER if name in group[1]), (rule.label, (name,)))
        if name in seen:
            continue
        names = [other for other in names if other in rules]
        seen.update(names)
        value = _line(held, names) or NOT_GIVEN
        if asked_for.keys() & set(names):
            wanted = _line({**held, **asked_for}, names) or "rien"
            value = format_html("{}<p>Demandé&nbsp;: {} (en attente de validation)</p>", value, wanted)
        facts.append({"label": label, "value": value})
    return facts


def _line(values, names):
    """Return the values as one line; the postcode stands before its town."""
    parts = [values[name] for name in names if name not in ("postcode", "town")]
    place = " ".join(filter(None, (values[name] for name in names if name in ("postcode", "town"))))
    return ", ".join(filter(None, [*parts, place]))


GUARDIAN_ROWS = [
    ("Téléphones", ("phone", "second_phone")),
    ("Courriel", ("email",)),
    ("Adresse", ("address", "address_complement", "postcode", "town")),
    ("Travail", ("employer", "work_phone")),
]
REACH = {name for _label, names in GUARDIAN_ROWS for name in names}


def guardian_cards(page, request, by_record):
    """Return what is shown of each guardian: who, how to reach them, what waits, and the ways to change it."""
    rules = rules_of(FamilyForm.GUARDIAN)
    may_manage = space_of(request, page).can_manage
    cards = []
    for guardian in queries.guardians_of(request.profile):
        held = {name: shown(FamilyForm.GUARDIAN, name, getattr(guardian, name)) for name in rules if name in REACH}
        facts = [
            {"label": label, "value": _line(held, [name for name in names if rules[name].visible])}
            for label, names in GUARDIAN_ROWS
        ]
        facts = [fact for fact in facts if fact["value"]]
        arguments = {"public_id": guardian.public_id}
        change = by_record.get((FamilyForm.GUARDIAN, guardian.pk))
        cards.append(
            {
                "guardian": guardian,
                "facts": facts,
                "change": change,
                "removal_asked": bool(change and any(row.field == "removed_at" for row in change.waiting)),
                "change_url": _url(page, request, "change_guardian", arguments) if may_manage else "",
                "remove_url": _url(page, request, "remove_guardian", arguments) if may_manage else "",
            }
        )
    return cards


def name_asked(change):
    """Return the name of the person that a request would add."""
    values = {row.field: row.new_text for row in change.waiting}
    return f"{values.get('first_name', '')} {values.get('last_name', '')}".strip()


def quotient_sheet(page, request):
    """Return the block of the family quotient: the one that counts today, the others, and where to send the proof."""
    today = timezone.localdate()
    quotients = [
        {
            "quotient": quotient,
            "state": quotient.state_on(today),
            "amount": formats.money(quotient.amount),
            "dates": f"du {formats.short_date(quotient.valid_from)} au {formats.short_date(quotient.valid_until)}",
        }
        for quotient in queries.quotients_of(request.profile)
    ]
    declared = [line for line in quotients if line["state"] == QuotientState.DECLARED]
    verified = [line for line in quotients if line["state"] == QuotientState.VERIFIED]
    return {
        "quotient": verified[0] if verified else None,
        "quotients": [line for line in quotients if line not in verified[:1]],
        "declared": declared[0] if declared else None,
        "proof_url": proof_url(page, request) if declared else "",
    }


def proof_url(page, request):
    """Return where the proof of a quotient is sent, in « Mes documents »; "" when staff ask for none."""
    requirement = DocumentRequirement.objects.filter(proves_quotient=True, active=True).first()
    url = space_of(request, page).url_of("DocumentsPage", "envoyer")
    return f"{url}?piece={requirement.pk}" if requirement and url else ""


def request_cards(page, request, requests):
    """Return {cards}: each request with its fields, its state, and how to take it back."""
    may_write = space_of(request, page).can_write
    return {
        "cards": [
            {
                "change": change,
                "subject": f"{change.child or change.get_form_display()}",
                "fields": list(change.fields.all()),
                "withdraw_url": (
                    _url(page, request, "withdraw", {"public_id": change.public_id})
                    if change.is_pending and may_write
                    else ""
                ),
            }
            for change in requests
        ]
    }


def _url(page, request, name, arguments):
    return page.get_url(request) + page.reverse_subpage(name, kwargs=arguments)
