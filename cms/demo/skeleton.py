"""What a real portal starts from: every public address, with texts to be completed. Nothing existing is changed."""

from datetime import time

from django.db import transaction
from django.utils import timezone

from procedures.models import ProcedureIndexPage, ProcedurePage, ProcedureTheme
from theme.models import BrandingSettings

from .. import opening
from ..models import (
    AccessibilityPage,
    ContactLine,
    ContactPage,
    ContactPoint,
    CookiesPage,
    FeaturedPage,
    FooterMenu,
    HeaderMenu,
    HelpIndexPage,
    HelpPage,
    HelpSubject,
    HomePage,
    HoursKind,
    NewsIndexPage,
    OpeningHours,
    OpeningRange,
    PublicHoliday,
    SiteMapPage,
    StandardPage,
)
from .tree import put, put_home, stream

TO_COMPLETE = "<p><b>À compléter :</b> "
LEGAL = [
    (
        "text",
        TO_COMPLETE + "nom de la collectivité, adresse, téléphone, directeur ou directrice de la publication.</p>",
    ),
    ("text", "<h2>Hébergement</h2>" + TO_COMPLETE + "nom, adresse et téléphone de l’hébergeur.</p>"),
    (
        "text",
        "<h2>Logiciel</h2><p>Ce portail fonctionne avec Parvis, logiciel libre publié sous licence EUPL-1.2.</p>",
    ),
]
PERSONAL_DATA = [
    (
        "text",
        "<p>Le portail garde ce qui lui sert à vous rendre service, et rien d’autre. Vos données ne sont ni vendues, "
        "ni louées, ni utilisées pour de la publicité.</p>",
    ),
    (
        "table",
        {
            "columns": [
                {"type": "text", "heading": "Données"},
                {"type": "text", "heading": "Pourquoi"},
                {"type": "text", "heading": "Combien de temps"},
            ],
            "rows": [
                {"values": ["Votre compte", "Vous reconnaître et vous écrire", "2 ans après votre dernière visite"]},
                {"values": ["Vos contrats et relèves", "Gérer l’abonnement à l’eau", "Durée du contrat, puis 5 ans"]},
                {"values": ["Vos factures et paiements", "Suivre les règlements", "10 ans (comptabilité publique)"]},
                {"values": ["Les brouillons de démarches", "Vous laisser les terminer", "3 mois"]},
            ],
            "caption": "Ce que le portail garde",
        },
    ),
    (
        "text",
        "<h2>Vos droits</h2><p>Vous pouvez consulter, corriger, recevoir ou faire effacer vos données, et vous opposer "
        "à un traitement. Écrivez à la personne déléguée à la protection des données.</p>"
        + TO_COMPLETE
        + "son adresse.</p><p>Si la réponse ne vous satisfait pas, vous pouvez saisir la CNIL : "
        '<a href="https://www.cnil.fr/">www.cnil.fr</a>.</p>',
    ),
]
DESK = {day: [(time(8), time(12, 30))] for day in range(4)} | {4: [(time(8), time(12))]}
TELEPHONE = {day: [(time(8), time(12, 30)), (time(14), time(17))] for day in range(4)} | {4: [(time(8), time(12))]}


@transaction.atomic
def load_skeleton():
    """Create the pages, menus and settings that a new portal lacks, and return its HomePage. Safe to run again."""
    home = put_home(
        HomePage,
        title="Accueil",
        hero_text="Suivez vos contrats, payez vos factures, faites vos démarches.",
        icon="home-modern",
        show_in_menus=True,
    )
    site = home.get_site()
    BrandingSettings.objects.get_or_create(site=site)
    contact = load_contact()
    load_holidays()
    pages = _pages(home, contact)
    if not home.featured.exists():
        # An empty « À la Une » would show a hole on the first day.
        home = HomePage.objects.get(pk=home.pk)  # its children were added since it was read
        home.featured.add(FeaturedPage(page=pages["question"], sort_order=0))
        home.save_revision().publish()
    _menus(site, pages, contact)
    return HomePage.objects.get(pk=home.pk)


def load_contact():
    """Return the first contact point, created with usual hours when there is none."""
    found = ContactPoint.objects.order_by("pk").first()
    if found:
        return found
    desk = put_hours("Accueil", HoursKind.DESK, DESK)
    telephone = put_hours("Téléphone", HoursKind.TELEPHONE, TELEPHONE)
    return ContactPoint.objects.create(
        name="Accueil des habitants", address="À compléter", desk_hours=desk, telephone_hours=telephone
    )


def put_hours(name, kind, week):
    """Return new OpeningHours with `week`, weekday → [(opens, closes)]."""
    hours = OpeningHours.objects.create(name=name, kind=kind)
    OpeningRange.objects.bulk_create(
        OpeningRange(hours=hours, weekday=day, opens=opens, closes=closes, sort_order=order)
        for order, (day, opens, closes) in enumerate(
            (day, opens, closes) for day, ranges in week.items() for opens, closes in ranges
        )
    )
    return hours


def load_holidays():
    """Write the public holidays of this year and of the next two; staff add or remove dates."""
    year = timezone.localdate().year
    PublicHoliday.objects.bulk_create(
        (
            PublicHoliday(date=day, name=name)
            for one_year in (year, year + 1, year + 2)
            for day, name in opening.french_public_holidays(one_year)
        ),
        ignore_conflicts=True,
    )


def _pages(home, contact):
    procedures = put(
        home,
        ProcedureIndexPage,
        "demarches",
        title="Démarches",
        summary="Toutes vos démarches, par thème ou selon votre situation.",
        icon="clipboard-document-list",
        show_in_menus=True,
    )
    theme, _ = ProcedureTheme.objects.get_or_create(
        slug="vie-pratique", defaults={"name": "Vie pratique", "icon": "home-modern", "sort_order": 9}
    )
    question = put(
        procedures,
        ProcedurePage,
        "poser-une-question",
        title="Poser une question",
        summary="Un agent vous répond par courriel.",
        icon="chat-bubble-left-right",
        themes=[theme],
        contact=contact,
        cost="Gratuit",
        at_desk="<p>Venez aux heures d’accueil, sans rendez-vous.</p>",
    )
    news = put(
        home,
        NewsIndexPage,
        "actualites",
        title="Actualités",
        summary="Ce qui change dans vos services.",
        icon="newspaper",
        show_in_menus=True,
    )
    help_index = put(
        home,
        HelpIndexPage,
        "aide",
        title="Aide",
        summary="Des réponses pas à pas, par sujet.",
        icon="question-mark-circle",
        show_in_menus=True,
    )
    subject, _ = HelpSubject.objects.get_or_create(name="Mon compte", defaults={"icon": "user-circle", "sort_order": 1})
    put(
        help_index,
        HelpPage,
        "creer-un-compte",
        title="Comment créer un compte ?",
        summary="Une adresse de courriel suffit.",
        subject=subject,
        icon="user-circle",
        answer=[
            ("step", {"title": "Cliquez sur « Créer un compte », en haut de la page", "text": "", "tip": ""}),
            ("step", {"title": "Écrivez deux fois votre courriel", "text": "", "tip": ""}),
            (
                "step",
                {
                    "title": "Ouvrez le lien reçu par courriel",
                    "text": "<p>Il est valable 10 minutes et ne sert qu’une fois.</p>",
                    "tip": "S’il n’arrive pas, regardez dans les indésirables.",
                },
            ),
        ],
    )
    contact_page = put(
        home,
        ContactPage,
        "contact",
        title="Contact",
        summary="À l’accueil, au téléphone ou par courriel.",
        icon="phone",
        show_in_menus=True,
        question_page=question,
    )
    if not contact_page.contacts.exists():
        contact_page.contacts.add(ContactLine(contact=contact, sort_order=0))
        contact_page.save_revision().publish()
    put(
        home,
        AccessibilityPage,
        "accessibilite",
        title="Accessibilité",
        summary="Déclaration d’accessibilité du portail.",
        icon="eye",
    )
    legal = put(home, StandardPage, "mentions-legales", title="Mentions légales", icon="scale", body=LEGAL)
    data = put(
        home,
        StandardPage,
        "donnees-personnelles",
        title="Données personnelles",
        summary="Ce que le portail garde, pourquoi, et vos droits.",
        icon="shield-check",
        body=PERSONAL_DATA,
    )
    cookies = put(
        home,
        CookiesPage,
        "cookies",
        title="Cookies",
        summary="Le strict nécessaire, et rien d’autre.",
        icon="information-circle",
    )
    site_map = put(
        home, SiteMapPage, "plan-du-site", title="Plan du site", summary="Toutes les pages du portail.", icon="map-pin"
    )
    return {
        "home": home,
        "procedures": procedures,
        "question": question,
        "news": news,
        "help": help_index,
        "contact": contact_page,
        "legal": legal,
        "data": data,
        "cookies": cookies,
        "map": site_map,
    }


def _menus(site, pages, contact):
    header = [{"page": pages[name].pk} for name in ("home", "procedures", "news", "help", "contact")]
    HeaderMenu.objects.get_or_create(site=site, defaults={"links": stream([("link", link) for link in header])})
    footer = [{"page": pages[name].pk} for name in ("legal", "data", "cookies", "map")]
    FooterMenu.objects.get_or_create(
        site=site,
        defaults={
            "contact": contact,
            "columns": stream([("column", {"title": "", "links": footer})]),
        },
    )
