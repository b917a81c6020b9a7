"""The public site of the demonstration: Pays de Garance, a fictitious authority; `load_skeleton` serves real ones."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from procedures.models import ProcedureIndexPage, ProcedurePage, ProcedureTheme, Situation
from theme.models import BrandingSettings

from .. import opening
from ..models import (
    AccessibilityPage,
    AlertBanner,
    Conformity,
    ContactLine,
    ContactPage,
    ContactPoint,
    ExceptionalDate,
    FeaturedPage,
    FooterMenu,
    HelpIndexPage,
    HelpPage,
    HelpSubject,
    HomePage,
    HoursKind,
    NewsIndexPage,
    NewsPage,
    SectionPage,
    StandardPage,
    Tone,
)
from . import answers, articles, catalogue, pictures
from .skeleton import TELEPHONE, load_skeleton, put_hours
from .tree import put, stream

__all__ = ["load_content", "load_skeleton"]

FEATURED = [
    ("j-emmenage", ""),
    ("je-releve-mon-compteur", ""),
    ("reserver-la-cantine", ""),
    ("payer-une-facture", ""),
]
LEGAL = [
    (
        "text",
        "<h2>Éditeur</h2><p>Pays de Garance, collectivité fictive de démonstration.<br/>4 place du Lavoir, 00000 "
        "Garance-sur-Lierre<br/>Téléphone : 0 800 00 00 17</p><p>Directrice de la publication : la présidente du "
        "Pays de Garance.</p><h2>Hébergement</h2><p>Ce portail de démonstration vit sur la machine qui l’affiche.</p>"
        "<h2>Logiciel</h2><p>Ce portail fonctionne avec Parvis, logiciel libre publié sous licence EUPL-1.2.</p>"
        "<h2>Images</h2><p>Les images sont dessinées par le logiciel.</p>",
    ),
]


@transaction.atomic
def load_content():
    """Build the demonstration's public site over the skeleton, and return its HomePage. Safe to run again."""
    home = load_skeleton()
    if BrandingSettings.objects.filter(site=home.get_site(), authority_name="Pays de Garance").exists():
        return home
    contact = _contact()
    _branding(home)
    _procedures(home, contact)
    _news(home)
    _help(home)
    section = _service(home)
    _institutional(home)
    _contact_page(home, contact)
    _alert(home)
    _footer(home, section, contact)
    return _home(home, contact)


def _branding(home):
    branding = BrandingSettings.objects.get(site=home.get_site())
    branding.authority_name = "Pays de Garance"
    branding.portal_name = "Portail des habitants"
    branding.tagline = "Eau, enfance, vie locale : vos démarches en un seul compte."
    branding.address = "4 place du Lavoir\n00000 Garance-sur-Lierre"
    branding.email = "contact@garance.example"
    branding.phone = "0 800 00 00 17"
    branding.social_image = _landscape("Vallée au matin", 3, "morning")
    branding.save()
    site = home.get_site()
    site.site_name = "Portail des habitants du Pays de Garance"
    site.save()


def _landscape(title, seed, sky):
    moment = {"morning": "au lever du soleil", "noon": "en plein jour", "evening": "au couchant", "winter": "en hiver"}
    description = f"Dessin de collines {moment.get(sky, 'la nuit')}"
    return pictures.put_image(title, description, lambda: pictures.landscape(seed, sky))


def _contact():
    """Turn the skeleton's contact point into the water service, and add the family service."""
    water = ContactPoint.objects.order_by("pk").first()
    water.name = "Eau et assainissement"
    water.address = "4 place du Lavoir\n00000 Garance-sur-Lierre"
    water.access_note = "Entrée de plain-pied, boucle magnétique à l’accueil."
    water.free_number, water.is_free = "0 800 00 00 17", True
    water.emergency_number = "0 800 00 00 18"
    water.email = "eau@garance.example"
    water.save()
    year = timezone.localdate().year
    for hours in (water.desk_hours, water.telephone_hours):
        ExceptionalDate.objects.create(
            hours=hours, first=date(year, 12, 24), last=date(year, 12, 24), reason="veille de Noël",
            opens=time(8), closes=time(11), sort_order=0,
        )  # fmt: skip
        ExceptionalDate.objects.create(
            hours=hours, first=date(year, 12, 28), last=date(year, 12, 31), reason="inventaire", sort_order=1
        )
    family = {day: [(time(9), time(12)), (time(13, 30), time(17, 30))] for day in (0, 1, 3)} | {
        2: [(time(9), time(12))]
    }
    ContactPoint.objects.create(
        name="Enfance et famille",
        address="2 rue des Écoles\n00000 Garance-sur-Lierre",
        access_note="Ascenseur, 1er étage.",
        free_number="01 99 00 45 20",
        email="famille@garance.example",
        desk_hours=put_hours("Accueil enfance", HoursKind.DESK, family),
        telephone_hours=put_hours("Téléphone enfance", HoursKind.TELEPHONE, TELEPHONE),
    )
    return water


def _procedures(home, contact):
    index = ProcedureIndexPage.objects.child_of(home).get()
    themes, situations = {}, {}
    for order, (slug, name, icon, summary) in enumerate(catalogue.THEMES):
        values = {"name": name, "icon": icon, "summary": summary, "sort_order": order}
        themes[slug], _ = ProcedureTheme.objects.update_or_create(slug=slug, defaults=values)
    for order, (slug, name, icon) in enumerate(catalogue.SITUATIONS):
        values = {"name": name, "icon": icon, "sort_order": order}
        situations[slug], _ = Situation.objects.update_or_create(slug=slug, defaults=values)
    family = ContactPoint.objects.get(name="Enfance et famille")
    for entry in catalogue.PROCEDURES:
        values = dict(entry)
        theme = values.pop("theme")
        values["themes"] = [themes[theme]]
        values["situations"] = [situations[slug] for slug in values["situations"]]
        values["for_whom"] = f"<p>{values['for_whom']}</p>"
        values["documents"] = _bullets(values["documents"])
        values["body"] = [_block(kind, value) for kind, value in values.get("body", [])]
        values.setdefault("at_desk", catalogue.DESK)
        values.setdefault("by_post", catalogue.POST)
        values["legal_notice"] = catalogue.NOTICE
        # The others show the contact of the service that handles them.
        values["contact"] = {"enfance": family, "eau": contact}.get(theme)
        put(index, ProcedurePage, values.pop("slug"), overwrite=True, **values)


def _bullets(lines):
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>" if lines else ""


def _block(kind, value):
    """Turn the short form of the data (tuples for the items of lists) into the block's stored value."""
    if kind == "steps":
        steps = [{"title": title, "text": f"<p>{text}</p>", "tip": ""} for title, text in value["steps"]]
        return kind, {**value, "steps": steps}
    if kind == "accordion":
        return kind, {**value, "items": [{"title": title, "text": text} for title, text in value["items"]]}
    if kind == "figures":
        figures = [{"value": figure, "label": label} for figure, label in value["figures"]]
        return kind, {**value, "figures": figures}
    return kind, value


def _news(home):
    index = NewsIndexPage.objects.child_of(home).get()
    for day, slug, title, summary, picture, body in articles.NEWS:
        page = put(
            index,
            NewsPage,
            slug,
            title=title,
            date=day,
            summary=summary,
            icon="newspaper",
            image=_landscape(*picture),
            body=[_block(kind, value) for kind, value in body],
        )
        published = timezone.make_aware(datetime.combine(day, time(9)))
        NewsPage.objects.filter(pk=page.pk).update(first_published_at=published)


def _help(home):
    index = HelpIndexPage.objects.child_of(home).get()
    index_of = ProcedureIndexPage.objects.child_of(home).get()
    subjects = {}
    for order, (name, icon) in enumerate(answers.SUBJECTS):
        subjects[name], _ = HelpSubject.objects.update_or_create(
            name=name, defaults={"icon": icon, "sort_order": order}
        )
    for subject, slug, title, summary, steps, leads_to in answers.QUESTIONS:
        put(
            index,
            HelpPage,
            slug,
            overwrite=True,
            title=title,
            summary=summary,
            subject=subjects[subject],
            icon=subjects[subject].icon,
            answer=[("step", _step(*step)) for step in steps],
            related_page=ProcedurePage.objects.child_of(index_of).filter(slug=leads_to).first(),
        )


def _step(title, text, tip, picture=""):
    step = {"title": title, "text": f"<p>{text}</p>" if text else "", "tip": tip}
    if picture:
        description = "Cadran d’un compteur d’eau : cinq chiffres noirs, 00482, puis trois chiffres rouges"
        image = pictures.put_image("Compteur", description, pictures.meter)
        step["image"] = {"image": image.pk, "alt_text": description, "decorative": False}
    return step


def _service(home):
    """The service in a few words, its means, its missions (s0.15)."""
    section = put(
        home,
        SectionPage,
        "le-service",
        title="Le service de l’eau",
        summary="Qui nous sommes, nos moyens et nos missions.",
        icon="building-office-2",
    )
    for slug, title, summary, icon, body in articles.SERVICE_PAGES:
        blocks = [_block(kind, value) for kind, value in body]
        put(section, StandardPage, slug, title=title, summary=summary, icon=icon, body=blocks)
    return section


def _institutional(home):
    put(home, StandardPage, "mentions-legales", overwrite=True, title="Mentions légales", icon="scale", body=LEGAL)
    put(
        home,
        AccessibilityPage,
        "accessibilite",
        overwrite=True,
        conformity=Conformity.PARTIAL,
        rate=87,
        audited_by="un cabinet indépendant",
        established_on=date(2026, 10, 20),
        non_conformities=_bullets(
            [
                "Des documents PDF anciens ne sont pas balisés (critère 13.3).",
                "Deux tableaux de tarifs n’ont pas de titre (critère 5.4).",
            ]
        ),
        out_of_scope="<p>Les documents bureautiques publiés avant le 23 septembre 2018.</p>",
        tested_with=_bullets(["Firefox et NVDA", "Safari et VoiceOver", "axe et le navigateur Chromium"]),
        tested_pages=_bullets(["Accueil", "Connexion", "Mes factures", "Contact", "Aide", "Une démarche"]),
        contact_email="accessibilite@garance.example",
        contact_phone="0 800 00 00 17",
        contact_address="4 place du Lavoir\n00000 Garance-sur-Lierre",
    )


def _contact_page(home, contact):
    page = ContactPage.objects.child_of(home).get()
    page.question_page = ProcedurePage.objects.get(slug="poser-une-question")
    family = ContactPoint.objects.get(name="Enfance et famille")
    page.contacts = [ContactLine(contact=contact, sort_order=0), ContactLine(contact=family, sort_order=1)]
    page.save_revision().publish()


def _alert(home):
    """A water cut two days from now, announced since yesterday."""
    now = timezone.localtime()
    cut = now + timedelta(days=2)

    AlertBanner.objects.create(
        title=f"Coupure d’eau à Octon, {opening.long_date(cut.date())} de 9 h à 12 h.",
        text="<p>Travaux rue des Oliviers.</p>",
        tone=Tone.WARNING,
        starts_at=now - timedelta(days=1),
        ends_at=timezone.make_aware(datetime.combine(cut.date(), time(12))),
        linked_page=HelpPage.objects.get(slug="coupure-d-eau"),
    )


def _footer(home, section, contact):
    footer = FooterMenu.objects.get(site=home.get_site())
    prices = StandardPage.objects.get(slug="tarifs")
    about = [{"page": page.pk} for page in (section, prices)]
    about += [{"url": "/mon-compte/", "label": "Mon compte"}, {"url": "/aide/", "label": "Aide"}]
    column = {"type": "column", "value": {"title": "Le service", "links": about}}
    footer.contact = contact
    last = footer.columns.raw_data[0]
    footer.columns = stream([("column", column["value"]), ("column", {**last["value"], "title": "Ce portail"})])
    footer.save()


def _home(home, contact):
    home = HomePage.objects.get(pk=home.pk)
    home.hero_title = "Vos démarches, en un seul compte"
    home.hero_text = "Eau, enfance, vie locale : suivez vos contrats, réservez pour vos enfants, payez vos factures."
    home.hero_image = _landscape("Rivière à midi", 7, "noon")
    home.search_hint = "Par exemple : relever mon compteur"
    home.summary = "Le portail des habitants du Pays de Garance : eau, enfance, vie locale."
    home.featured = [
        FeaturedPage(page=ProcedurePage.objects.get(slug=slug), text=text, sort_order=order)
        for order, (slug, text) in enumerate(FEATURED)
    ]
    home.body = stream([("contact", {"title": "Nous joindre", "contact": contact.pk})])
    home.save_revision().publish()
    return HomePage.objects.get(pk=home.pk)
