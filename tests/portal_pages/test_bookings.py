"""« Mes réservations » : the wizard, the planning, the review, the recap, the list (s3.6–s3.16, s4.11–s4.13)."""

import datetime as dt
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import ChildState, Role
from accounts.models import Child, Membership
from booking.enums import Act, CellState, DayState
from booking.models import PlanningDraft, Reservation, Session
from tests.factories.booking import (
    BookingPeriodFactory,
    ReservationDayFactory,
    ReservationFactory,
    SessionFactory,
)
from tests.factories.families import ChildFactory

from .bookings import NOW, URL, draft_of, key, nursery, planning_url, school

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2027, 1, 11)
TUESDAY = dt.date(2027, 1, 12)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def place(dashboard, alice):
    return school(alice.profiles.get(), "Mia", "Tom")


@pytest.fixture
def family(login, alice):
    return login(alice)


def text_of(answer):
    """What a page says: no tags, one space."""
    words = re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(script|svg).*?</\1>", "", answer.text))
    return re.sub(r"\s+", " ", html.unescape(words)).replace(" ,", ",")


def cell(answer, child, session):
    """The cell of the planning that has the control of a child and a session, "" without control."""
    found = re.search(rf'<label class="slot[^"]*"><input[^>]*value="{key(child, session)}".*?</label>', answer.text)
    return found[0] if found else ""


def book(place, child, *keys, state=DayState.ACCEPTED, profile=None):
    """Days that stand already."""
    reservation = ReservationFactory(profile=profile or place.profile, child=child, period=place.period)
    price = {"quantity": "1", "unit_price": "3.10"}
    days = [
        ReservationDayFactory(reservation=reservation, session=place.sessions[one], state=state, computed_from=price)
        for one in keys
    ]
    if state == DayState.ACCEPTED:
        Session.objects.filter(pk__in=[day.session_id for day in days]).update(taken=1)
    return reservation


# The first step -------------------------------------------------------------------------------------------------------


def test_s3_6_child_establishment_period_continue(place, family):
    mia, _ = place.children
    step = text_of(family.get(URL + "nouvelle/"))
    assert "Pour quel enfant ?" in step and "Mia" in step and "Tom" in step
    assert "Quel établissement" not in step
    step = family.get(URL + f"nouvelle/?enfant={mia.public_id}")
    assert "École des Tilleuls" in text_of(step) and "Janvier à février" in text_of(step)
    assert PlanningDraft.objects.count() == 0, "a GET writes nothing"
    answer = family.post(URL + "nouvelle/", {"enfant": mia.public_id, "periode": place.period.pk})
    draft = PlanningDraft.objects.get()
    assert (draft.profile, draft.period, draft.act) == (place.profile, place.period, Act.ADD)
    assert answer.url == planning_url(draft, mia)
    # Once more: the planning begun is taken up again.
    family.post(URL + "nouvelle/", {"enfant": mia.public_id, "periode": place.period.pk})
    assert PlanningDraft.objects.count() == 1


def test_s4_12_a_child_who_may_not_book_is_greyed_and_the_page_says_why(place, family):
    ChildFactory(first_name="Lou", profile=place.profile, state=ChildState.PENDING)
    place.activity.needs_enrolment = True
    place.activity.save()
    answer = family.get(URL + "nouvelle/")
    page = text_of(answer)
    assert "Lou Son dossier attend la validation de nos services." in page
    assert "Mia Pas d’inscription pour l’année scolaire 2026-2027." in page
    assert "?enfant=" not in answer.text
    refused = family.post(URL + "nouvelle/", {"enfant": place.children[0].public_id, "periode": place.period.pk})
    assert refused.status_code == 200 and PlanningDraft.objects.count() == 0


def test_a_period_that_is_not_open_or_of_another_child_is_refused(place, family, charlie):
    closed = BookingPeriodFactory(activity=place.activity, name="Fermée", window=False)
    SessionFactory(period=closed, unit=place.units[0], date=dt.date(2027, 3, 1))
    mia = place.children[0]
    answer = family.post(URL + "nouvelle/", {"enfant": mia.public_id, "periode": closed.pk})
    assert "Choisissez une période ouverte" in answer.text and answer.text.count("<title>Erreur : ") == 1
    foreign = ChildFactory(profile=charlie.profiles.get())
    family.post(URL + "nouvelle/", {"enfant": foreign.public_id, "periode": place.period.pk})
    assert not PlanningDraft.objects.exists()


def test_a_family_without_children_is_told_what_to_do(dashboard, family):
    assert "Aucun enfant dans votre foyer" in text_of(family.get(URL + "nouvelle/"))
    assert "Aucune réservation pour le moment" in text_of(family.get(URL))


# The planning ---------------------------------------------------------------------------------------------------------


def test_s3_7_the_planning_opens_on_the_period_with_its_months(place, family, alice):
    mia, _ = place.children
    draft = draft_of(place, alice)
    answer = family.get(planning_url(draft, mia))
    assert (
        "<caption>Périscolaire et cantine, École des Tilleuls<small>Janvier 2027, Mia</small></caption>" in answer.text
    )
    assert re.findall(r'<option value="(2027-\d\d)"', answer.text) == ["2027-01", "2027-02"]
    assert 'value="mois=2027-02"' in answer.text and 'id="avant"' not in answer.text
    assert "Semaine 1" in answer.text and '<th scope="row" class="day">Lundi 11' in answer.text
    assert "Matin <small>1,20\u00a0€</small>" in answer.text
    february = family.get(planning_url(draft, mia, mois="2027-02"))
    assert '<th scope="row" class="day">Lundi 1er' in february.text and 'id="apres"' not in february.text


def test_s3_8_each_cell_says_its_state_and_its_control_names_the_unit_and_the_date(place, family, alice):
    mia, tom = place.children
    book(place, mia, (MONDAY, "Repas"))
    book(place, mia, (TUESDAY, "Repas"), state=DayState.REQUESTED)
    waited, full = place.sessions[dt.date(2027, 1, 13), "Repas"], place.sessions[dt.date(2027, 1, 14), "Repas"]
    Session.objects.filter(pk__in=[waited.pk, full.pk]).update(taken=22)
    book(place, mia, (waited.date, "Repas"), state=DayState.WAITING)
    closed = place.sessions[dt.date(2027, 1, 15), "Soir"]
    Session.objects.filter(pk=closed.pk).update(closed_reason="Sortie scolaire")
    answer = family.get(planning_url(draft_of(place, alice), mia))
    free = cell(answer, mia, place.sessions[MONDAY, "Soir"])
    assert "<b>Soir <i>lundi 11\u00a0janvier</i></b><span>Libre</span><small>22 places</small>" in free
    assert "checked" not in free
    assert "Sur demande" in cell(answer, mia, place.sessions[dt.date(2027, 1, 7), "Repas"])
    assert "Complet : liste d’attente" in cell(answer, mia, full)
    page = text_of(answer)
    for words in ("Réservé", "Demande en attente", "Sur liste d’attente", "Sortie scolaire", "Délai dépassé"):
        assert words in page
    assert cell(answer, mia, place.sessions[MONDAY, "Repas"]) == "", "what is booked has no control"
    assert cell(answer, mia, place.sessions[dt.date(2027, 1, 4), "Repas"]) == "", "nor has what is past"
    place.activity.waiting_list = False
    place.activity.save()
    assert cell(family.get(planning_url(draft_of(place, alice), mia)), mia, full) == ""


def test_on_demand_a_day_says_why_places_deadline_with_its_hour_and_price(place, family, alice):
    mia, _ = place.children
    draft = draft_of(place, alice)
    answer = family.post(planning_url(draft, mia), {"aller": "jour=2027-01-11"})
    assert "jour=2027-01-11" in answer.url and answer.url.endswith("#j2027-01-11")
    page = text_of(family.get(answer.url))
    assert "22 places libres sur 22." in page
    assert "Accepté tout de suite jusqu’au vendredi 8 janvier 2027 à 12 h, puis sur demande" in page.replace(
        "\u00a0", " "
    )
    assert "Prix : 3,10" in page


def explained(family, draft, child, date=MONDAY):
    """What a day says on demand."""
    page = family.get(planning_url(draft, child, jour=date.isoformat()))
    return text_of(page).partition("Fermer")[2].partition("mardi")[0]


def test_a_day_asked_for_says_the_price_that_was_agreed_whatever_it_became_since(place, family, alice):
    mia, _ = place.children
    book(place, mia, (MONDAY, "Repas")).days.update(price="2.75")
    words = explained(family, draft_of(place, alice), mia)
    assert "Ce jour est réservé. Prix : 2,75\u00a0€." in words.replace(" €", "\u00a0€")
    cancelling = draft_of(place, alice, act=Act.CANCEL)
    assert "Prix : 2,75" in explained(family, cancelling, mia)


def test_s4_11_before_any_hour_is_chosen_the_price_of_an_hour_is_said(dashboard, family, alice):
    place = nursery(alice.profiles.get())
    (zoe,) = place.children
    assert "Prix : 2,00 € l’heure." in explained(family, draft_of(place, alice), zoe)


def test_the_formula_can_be_read_before_anything_is_chosen(place, family, alice):
    mia, _ = place.children
    page = text_of(family.get(planning_url(draft_of(place, alice), mia)))
    assert "Comprendre le prix" in page and "Repas, Mia : 3,10 €" in page and "Prix unique : 3,10 €" in page
    # A single price follows no quotient: neither it nor its absence is said.
    assert "Quotient familial 720." not in page and "Sans quotient" not in page


def test_s3_8_a_click_chooses_and_another_takes_back(place, family, alice):
    mia, _ = place.children
    draft, meal = draft_of(place, alice), place.sessions[MONDAY, "Repas"]
    url = planning_url(draft, mia)
    assert family.post(url, {"c": key(mia, meal)}).status_code == 302
    draft.refresh_from_db()
    assert draft.days == {str(mia.public_id): {str(meal.pk): ""}}
    answer = family.get(url)
    assert "checked" in cell(answer, mia, meal) and "Choisi" in cell(answer, mia, meal)
    assert "Total estimé 3,10 €" in text_of(answer)
    request = place.sessions[dt.date(2027, 1, 7), "Repas"]
    family.post(url, {"c": [key(mia, meal), key(mia, request)]})
    answer = family.get(url)
    assert "Choisi, sur demande" in cell(answer, mia, request) and "dont sur demande 1" in text_of(answer)
    family.post(url, {})
    draft.refresh_from_db()
    assert draft.days == {}


def test_htmx_takes_the_row_and_the_totals_and_says_them(place, family, alice):
    mia, _ = place.children
    draft, meal = draft_of(place, alice), place.sessions[MONDAY, "Repas"]
    other = place.sessions[TUESDAY, "Repas"]
    draft.days = {str(mia.public_id): {str(other.pk): ""}}
    draft.save()
    answer = family.post(planning_url(draft, mia), {"c": key(mia, meal)}, headers={**HTMX, "HX-Trigger": "j2027-01-11"})
    assert answer.text.lstrip().startswith('<tr id="j2027-01-11"') and answer.text.count("<tr") == 1
    assert 'id="selection"' in answer.text and "6,20\u00a0€" in answer.text
    assert '<div hx-swap-oob="innerHTML:#annonce">2 choix, 6,20\u00a0€.</div>' in answer.text
    draft.refresh_from_db()
    assert set(draft.days[str(mia.public_id)]) == {str(meal.pk), str(other.pk)}, "the other rows are left alone"


def test_changing_month_saves_what_is_ticked_and_keeps_what_other_months_hold(place, family, alice):
    mia, _ = place.children
    draft, meal = draft_of(place, alice), place.sessions[MONDAY, "Repas"]
    answer = family.post(planning_url(draft, mia), {"c": key(mia, meal), "aller": "mois=2027-02"})
    assert answer.url == planning_url(draft, mia, mois="2027-02")
    later = place.sessions[dt.date(2027, 2, 1), "Repas"]
    answer = family.post(answer.url, {"c": key(mia, later), "aller": "semaine=2027-01-11"})
    assert "semaine=2027-01-11" in answer.url and "mois" not in answer.url
    draft.refresh_from_db()
    assert set(draft.days[str(mia.public_id)]) == {str(meal.pk), str(later.pk)}
    # Nothing else is taken from the address.
    evil = family.post(planning_url(draft, mia), {"aller": "next=https://evil.example&enfant=x"})
    assert evil.url.startswith(f"{URL}planning/{draft.public_id}/?") and "evil" not in evil.url


def test_the_week_shows_all_the_children_side_by_side(place, family, alice):
    mia, tom = place.children
    draft = draft_of(place, alice)
    answer = family.get(planning_url(draft, semaine="2027-01-11"))
    assert answer.text.count('scope="colgroup"') == 2
    assert "Semaine 2, du 11 au 17 janvier" in answer.text
    meal = place.sessions[MONDAY, "Repas"]
    assert "Mia" in cell(answer, mia, meal) and "Tom" in cell(answer, tom, meal)
    family.post(planning_url(draft, semaine="2027-01-11"), {"c": [key(mia, meal), key(tom, meal)]})
    draft.refresh_from_db()
    assert set(draft.days) == {str(mia.public_id), str(tom.public_id)}
    # On the month of one, the other is left alone.
    family.post(planning_url(draft, mia), {})
    draft.refresh_from_db()
    assert set(draft.days) == {str(tom.public_id)}


@pytest.mark.parametrize("waiting_list", [True, False])
def test_a_place_chosen_for_one_child_is_not_free_for_the_next(place, family, alice, waiting_list):
    """What the planning says is what the server answers: one place, two children, one of them waits."""
    mia, tom = place.children
    place.activity.waiting_list = waiting_list
    place.activity.save()
    meal = place.sessions[MONDAY, "Repas"]
    Session.objects.filter(pk=meal.pk).update(capacity=1)
    draft = draft_of(place, alice, days={str(mia.public_id): {str(meal.pk): ""}})
    week = planning_url(draft, semaine="2027-01-11", jour="2027-01-11")
    assert "Choisi<" in cell(family.get(week), mia, meal), "who chose it keeps it"
    assert ("Complet : liste d’attente" in cell(family.get(week), tom, meal)) is waiting_list
    assert "Vos choix pour vos autres enfants prennent les places qui restent." in text_of(family.get(week))
    assert (
        "Rien à changer."
        in family.post(planning_url(draft, mia), {"faire": "fratrie", "c": key(mia, meal)}, follow=True).text
    )
    draft.refresh_from_db()
    assert list(draft.days) == [str(mia.public_id)], "bulk actions leave full days out"
    if not waiting_list:
        return
    family.post(week, {"c": [key(mia, meal), key(tom, meal)]})
    draft.refresh_from_db()
    shown = {one.first_name: cell(family.get(week), one, meal) for one in (mia, tom)}
    assert sorted("liste d’attente" in words for words in shown.values()) == [False, True]
    family.post(f"{URL}planning/{draft.public_id}/verifier/", {"faire": "confirmer"})
    for reservation in Reservation.objects.all():
        waits = reservation.days.get().state == DayState.WAITING
        assert waits is ("liste d’attente" in shown[reservation.child.first_name])


# Bulk actions ---------------------------------------------------------------------------------------------------------


def chosen(draft, place, child):
    """{(date, unit's name)} that a draft holds for a child."""
    draft.refresh_from_db()
    by_id = {str(session.pk): place_key for place_key, session in place.sessions.items()}
    return {by_id[pk] for pk in draft.days.get(str(child.public_id), {})}


def test_s3_9_a_column_over_the_period_or_the_days_on_screen_and_their_opposites(place, family, alice):
    mia, _ = place.children
    draft = draft_of(place, alice)
    url, meal = planning_url(draft, mia), place.units[1].pk
    answer = family.post(url, {"faire": f"tout:ecran:{meal}"}, follow=True)
    january = chosen(draft, place, mia)
    assert {unit for _, unit in january} == {"Repas"} and len(january) == 17  # from Thursday 7 on
    assert "17 cases cochées." in answer.text
    everything = {"c": [key(mia, place.sessions[one]) for one in january]}
    family.post(url, {**everything, "faire": f"tout:periode:{meal}"})
    assert len(chosen(draft, place, mia)) == 22
    family.post(url, {**everything, "faire": f"rien:ecran:{meal}"})
    assert {date.month for date, _ in chosen(draft, place, mia)} == {2}
    family.post(url, {"faire": f"rien:periode:{meal}"})
    assert chosen(draft, place, mia) == set()


def test_s3_10_weekdays_over_the_period_or_the_screen(place, family, alice):
    mia, _ = place.children
    draft = draft_of(place, alice)
    meal = place.units[1].pk
    asked = {"jours": ["1", "3"], "unites": [meal], "ou": "periode", "faire": "jours:cocher"}
    family.post(planning_url(draft, mia), asked)
    dates = sorted(date for date, _ in chosen(draft, place, mia))
    assert {date.weekday() for date in dates} == {1, 3} and dates[-1] == dt.date(2027, 2, 4) and len(dates) == 9
    week = planning_url(draft, mia, semaine="2027-01-11")
    here = {"c": [key(mia, place.sessions[date, "Repas"]) for date in dates if MONDAY <= date < dt.date(2027, 1, 18)]}
    family.post(week, {**here, **asked, "jours": ["1"], "ou": "ecran", "faire": "jours:decocher"})
    assert TUESDAY not in {date for date, _ in chosen(draft, place, mia)}
    answer = family.post(planning_url(draft, mia), {"faire": "jours:cocher", "unites": [meal]}, follow=True)
    assert "Cochez au moins un jour de la semaine." in answer.text


def test_as_the_week_before_and_the_same_for_the_other_children(place, family, alice):
    mia, tom = place.children
    book(place, mia, (dt.date(2027, 1, 4), "Repas"))
    draft = draft_of(place, alice)
    family.post(planning_url(draft, mia), {"faire": "repeter:2027-01-11"})
    assert chosen(draft, place, mia) == {(MONDAY, "Repas")}
    asked = {"c": key(mia, place.sessions[MONDAY, "Repas"]), "faire": "fratrie"}
    family.post(planning_url(draft, mia), asked)
    assert chosen(draft, place, tom) == {(MONDAY, "Repas")}


def test_a_bulk_action_leaves_full_days_to_the_waiting_list(place, family, alice):
    mia, _ = place.children
    full = place.sessions[MONDAY, "Repas"]
    Session.objects.filter(pk=full.pk).update(taken=22)
    draft = draft_of(place, alice)
    answer = family.post(planning_url(draft, mia), {"faire": f"tout:ecran:{place.units[1].pk}"}, follow=True)
    assert (MONDAY, "Repas") not in chosen(draft, place, mia)
    assert "1 jour complet n’a pas été coché" in answer.text


def test_s3_11_a_legend_explains_every_mark(place, family, alice):
    mia, tom = place.children
    page = family.get(planning_url(draft_of(place, alice), mia)).text
    legend = page.split("Légende", 1)[1].split("<table", 1)[0]
    of_cancelling = {CellState.TO_CANCEL, CellState.TO_CANCEL_REQUEST}
    assert [state.label for state in CellState if state not in of_cancelling and str(state.label) not in legend] == []
    assert [state.label for state in of_cancelling if str(state.label) in legend] == []


# Review, confirmation, recap ------------------------------------------------------------------------------------------


def test_s3_12_s3_13_validate_review_confirm_recap_then_the_list(place, family, alice):
    mia, tom = place.children
    draft, meal = draft_of(place, alice), place.sessions[MONDAY, "Repas"]
    url = f"{URL}planning/{draft.public_id}/"
    answer = family.post(planning_url(draft, mia), {"faire": "valider"}, follow=True)
    assert "Choisissez au moins un jour." in answer.text
    answer = family.post(planning_url(draft, mia), {"c": key(mia, meal), "faire": "valider"})
    assert answer.url == url + "verifier/"
    review = family.get(answer.url)
    assert "Lundi 11" in review.text and "Total estimé 3,10 €" in text_of(review)
    assert "Retour au planning" in review.text and "Confirmer la réservation" in review.text
    assert Reservation.objects.count() == 0
    answer = family.post(answer.url, {"faire": "confirmer", "reponse": "jour"})
    assert answer.url == url + "confirmation/"
    reservation = Reservation.objects.get()
    recap = text_of(family.get(answer.url))
    for words in ("Mia Durand", reservation.number, "Janvier à février", "Acceptée", "Terminer"):
        assert words in recap
    assert family.post(url + "verifier/", {"faire": "confirmer"}).url == url + "confirmation/"
    assert family.get(url).url == url + "confirmation/"
    assert Reservation.objects.count() == 1, "a second confirmation gives the first answer again"
    assert reservation.number in text_of(family.get(URL))


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"faire": "valider"}, "Choisissez au moins un jour."),
        ({"faire": "jours:cocher"}, "Cochez au moins un jour de la semaine."),
    ],
)
def test_a_mistake_is_told_as_an_error(place, family, alice, posted, sentence):
    mia, _ = place.children
    answer = family.post(planning_url(draft_of(place, alice), mia), posted, follow=True)
    assert "<title>Erreur : Réserver pour Mia" in answer.text
    (alert,) = re.findall(r'(?s)<div class="alert is-danger.*?</div>', answer.text)
    assert sentence in alert


def test_what_is_no_longer_possible_is_told_and_can_be_taken_out(place, family, alice):
    mia, _ = place.children
    first, second = place.sessions[MONDAY, "Repas"], place.sessions[TUESDAY, "Repas"]
    draft = draft_of(place, alice, days={str(mia.public_id): {str(first.pk): "", str(second.pk): ""}})
    Session.objects.filter(pk=first.pk).update(closed_reason="Grève")
    url = f"{URL}planning/{draft.public_id}/verifier/"
    page = text_of(family.get(url))
    assert "Ces choix ne sont plus possibles" in page and "grève" in page
    refused = family.post(url, {"faire": "confirmer"})
    assert refused.status_code == 200 and "Rien n’a été enregistré" in refused.text and "<title>Erreur" in refused.text
    assert Reservation.objects.count() == 0
    family.post(url, {"faire": "retirer"})
    assert chosen(draft, place, mia) == {(TUESDAY, "Repas")}


def test_the_options_of_the_resident_reach_the_reservation(place, family, alice):
    mia, tom = place.children
    one, two = place.sessions[MONDAY, "Repas"], place.sessions[TUESDAY, "Repas"]
    days = {str(child.public_id): {str(one.pk): "", str(two.pk): ""} for child in (mia, tom)}
    draft = draft_of(place, alice, days=days)
    url = f"{URL}planning/{draft.public_id}/verifier/"
    assert "Garder mes enfants ensemble" in family.get(url).text
    family.post(url, {"faire": "confirmer", "reponse": "entiere", "ensemble": "on"})
    made = list(Reservation.objects.all())
    assert [one.whole for one in made] == [True, True]
    assert made[0].together == made[1].together is not None


def test_s3_14_the_detail_shows_each_day_with_its_state_and_its_price(place, family, alice):
    mia, _ = place.children
    draft = draft_of(place, alice, days={str(mia.public_id): {str(place.sessions[MONDAY, "Repas"].pk): ""}})
    family.post(f"{URL}planning/{draft.public_id}/verifier/", {"faire": "confirmer"})
    reservation = Reservation.objects.get()
    page = text_of(family.get(f"{URL}{reservation.public_id}/"))
    for words in (
        reservation.number,
        "Mia Durand",
        "Lundi 11",
        "Repas",
        "Réservé",
        "3,10",
        "Retour à mes réservations",
    ):
        assert words in page


# Cancelling -----------------------------------------------------------------------------------------------------------


def test_s3_13_s3_14_one_state_for_the_whole_does_not_hide_the_days_already_booked(place, family, alice):
    mia, _ = place.children
    days = [place.sessions[date, "Repas"] for date in (dt.date(2027, 1, 7), MONDAY, TUESDAY)]
    draft = draft_of(place, alice, days={str(mia.public_id): {str(session.pk): "" for session in days}})
    answer = family.post(f"{URL}planning/{draft.public_id}/verifier/", {"faire": "confirmer"}, follow=True)
    for page in (text_of(answer), text_of(family.get(f"{URL}{Reservation.objects.get().public_id}/"))):
        assert "3, dont 2 Réservé 1 Demande en attente" in page


def test_s3_15_s3_16_cancelling_dates_is_a_new_request(place, family, alice):
    mia, tom = place.children
    draft = draft_of(place, alice, days={str(mia.public_id): {str(place.sessions[MONDAY, "Repas"].pk): ""}})
    family.post(f"{URL}planning/{draft.public_id}/verifier/", {"faire": "confirmer"})
    step = text_of(family.get(URL + "annuler/"))
    assert "est une nouvelle demande" in step and "Tom Aucun jour réservé à annuler." in step
    family.post(URL + "annuler/", {"enfant": mia.public_id, "periode": place.period.pk})
    cancelling = PlanningDraft.objects.get(act=Act.CANCEL)
    meal = place.sessions[MONDAY, "Repas"]
    url = planning_url(cancelling, mia)
    assert "Réservé" in cell(family.get(url), mia, meal)
    family.post(url, {"c": key(mia, meal)})
    assert "À annuler" in cell(family.get(url), mia, meal)
    answer = family.post(url, {"c": key(mia, meal), "faire": f"rien:periode:{place.units[1].pk}"}, follow=True)
    assert "À annuler</span>" not in cell(answer, mia, meal)
    family.post(url, {"faire": "tout:periode"})
    review = family.post(url, {"c": key(mia, meal), "faire": "valider"}, follow=True)
    assert "Confirmer l’annulation" in review.text
    recap = text_of(family.post(f"{URL}planning/{cancelling.public_id}/verifier/", {"faire": "confirmer"}, follow=True))
    assert "Votre demande d’annulation est enregistrée" in recap
    added, cancelled = Reservation.objects.order_by("pk")
    assert (cancelled.act, cancelled.number != added.number) == (Act.CANCEL, True)
    assert added.days.get().state == DayState.CANCELLED
    detail = text_of(family.get(f"{URL}{added.public_id}/"))
    assert f"Annulé par {cancelled.number}" in detail


@pytest.mark.parametrize("gone", ["left", "archived"])
def test_the_days_of_a_child_who_is_gone_are_still_theirs_to_cancel(place, family, gone):
    mia, tom = place.children
    meal = place.sessions[MONDAY, "Repas"]
    reservation = book(place, mia, (MONDAY, "Repas"))
    if gone == "left":
        mia.guardianships.update(ended_on=NOW.date() - dt.timedelta(days=1))
    else:
        Child.objects.filter(pk=mia.pk).update(state=ChildState.ARCHIVED)
    assert "Mia" not in text_of(family.get(URL + "nouvelle/"))
    week = text_of(family.get(URL + "semaine/?semaine=2027-01-11"))
    assert "Mia" in week and "Repas" in week
    family.post(URL + "annuler/", {"enfant": mia.public_id, "periode": place.period.pk})
    draft = PlanningDraft.objects.get(act=Act.CANCEL)
    family.post(planning_url(draft, mia), {"c": key(mia, meal), "faire": "valider"})
    family.post(f"{URL}planning/{draft.public_id}/verifier/", {"faire": "confirmer"})
    assert reservation.days.get().state == DayState.CANCELLED
    # Nothing of hers is left in this household.
    assert "Mia" not in text_of(family.get(URL + "annuler/"))


def test_s4_13_cancelling_by_week_with_its_number(place, family, alice):
    mia, _ = place.children
    book(place, mia, (MONDAY, "Repas"))
    draft = draft_of(place, alice, act=Act.CANCEL)
    page = family.get(planning_url(draft, mia, semaine="2027-01-11"))
    assert "Semaine 2, du 11 au 17 janvier" in page.text
    assert "‹ Semaine 1" in page.text and "Semaine 3 ›" in page.text
    assert cell(page, mia, place.sessions[MONDAY, "Repas"])


# Early childhood ------------------------------------------------------------------------------------------------------


def test_s4_11_hours_of_a_day_copied_and_pasted_on_others(dashboard, family, alice):
    place = nursery(alice.profiles.get())
    (zoe,) = place.children
    draft = draft_of(place, alice)
    url, monday = planning_url(draft, zoe), key(zoe, place.sessions[MONDAY])
    tuesday = key(zoe, place.sessions[TUESDAY])
    typed = {f"de-{monday}": "08:30", f"a-{monday}": "17:15"}
    family.post(url, {**typed, "faire": f"copier:{monday}"})
    draft.refresh_from_db()
    assert draft.days == {str(zoe.public_id): {str(place.sessions[MONDAY].pk): "08:30-17:15"}}
    assert draft.copied_range == "08:30-17:15"
    page = family.get(url)
    assert f'value="coller:{tuesday}"' in page.text and "17,50\u00a0€" in page.text
    family.post(url, {**typed, "faire": f"coller:{tuesday}"})
    draft.refresh_from_db()
    assert draft.days[str(zoe.public_id)][str(place.sessions[TUESDAY].pk)] == "08:30-17:15"
    both = {**typed, f"de-{tuesday}": "08:30", f"a-{tuesday}": "17:15"}
    family.post(url, {**both, "faire": "tout:periode"})
    draft.refresh_from_db()
    assert len(draft.days[str(zoe.public_id)]) == 18
    family.post(url, {**dict.fromkeys(both, ""), "faire": "rien:periode"})
    draft.refresh_from_db()
    assert draft.days == {}
    panel = {"jours": ["1"], "unites": [place.unit.pk], "ou": "periode", "debut": "9:00", "fin": "12:00"}
    family.post(url, {**panel, "faire": "jours:cocher"})
    draft.refresh_from_db()
    assert set(draft.days[str(zoe.public_id)].values()) == {"09:00-12:00"}


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        ("08:40", "17:00", "quart d’heure"),
        ("06:00", "17:00", "L’accueil se fait de 7\u00a0h\u00a030 à 18\u00a0h\u00a030."),
        ("17:00", "09:00", "doit suivre"),
        ("08:30", "", "Indiquez l’heure d’arrivée et l’heure de départ."),
    ],
)
def test_s4_11_wrong_hours_are_refused_beside_the_day_and_kept_as_typed(dashboard, family, alice, start, end, sentence):
    place = nursery(alice.profiles.get())
    (zoe,) = place.children
    draft, monday = draft_of(place, alice), key(zoe, place.sessions[MONDAY])
    answer = family.post(planning_url(draft, zoe), {f"de-{monday}": start, f"a-{monday}": end, "faire": "valider"})
    assert answer.status_code == 200 and "<title>Erreur : " in answer.text
    assert answer.text.count(sentence) >= 2, "in the summary and beside the field"
    assert f'href="#c{monday}"' in answer.text and f'value="{start}"' in answer.text
    draft.refresh_from_db()
    assert draft.days == {}


# The waiting list -----------------------------------------------------------------------------------------------------


def test_a_place_offered_is_accepted_or_left(place, family, alice):
    mia, _ = place.children
    reservation = book(place, mia, (MONDAY, "Repas"), (TUESDAY, "Repas"), state=DayState.OFFERED)
    reservation.days.update(offered_until=NOW + dt.timedelta(hours=5))
    Session.objects.filter(days__reservation=reservation).update(taken=1)
    page = family.get(URL)
    assert page.text.count("Une place vous est proposée") == 2
    assert '<span class="count">2' in page.text
    first, second = reservation.days.all()
    family.post(f"{URL}place/{first.pk}/", {"reponse": "accepter"})
    answer = family.post(f"{URL}place/{second.pk}/", {"reponse": "refuser", "retour": "detail"})
    assert answer.url == f"{URL}{reservation.public_id}/"
    assert [day.state for day in reservation.days.all()] == [DayState.ACCEPTED, DayState.CANCELLED]
    assert family.get(f"{URL}place/{first.pk}/").status_code == 405


def test_one_leaves_the_waiting_list(place, family, alice):
    reservation = book(place, place.children[0], (MONDAY, "Repas"), state=DayState.WAITING)
    day = reservation.days.get()
    assert "Quitter la liste d’attente" in family.get(f"{URL}{reservation.public_id}/").text
    family.post(f"{URL}place/{day.pk}/", {"reponse": "quitter"})
    day.refresh_from_db()
    assert day.state == DayState.CANCELLED


# Who may -------------------------------------------------------------------------------------------------------------


def test_a_stranger_finds_nothing(place, login, alice, charlie):
    draft = draft_of(place, alice)
    reservation = book(place, place.children[0], (MONDAY, "Repas"), state=DayState.WAITING)
    client = login(charlie)
    assert client.get(planning_url(draft)).status_code == 404
    assert client.get(f"{URL}planning/{draft.public_id}/verifier/").status_code == 404
    assert client.get(f"{URL}planning/{draft.public_id}/confirmation/").status_code == 404
    assert client.post(f"{URL}planning/{draft.public_id}/abandonner/").status_code == 404
    assert client.get(f"{URL}{reservation.public_id}/").status_code == 404
    assert client.post(f"{URL}place/{reservation.days.get().pk}/", {"reponse": "quitter"}).status_code == 404
    assert reservation.number not in client.get(URL).text


def test_who_only_reads_sees_and_changes_nothing(place, login, alice, bob):
    Membership.objects.filter(user=bob).update(role=Role.READ_ONLY)
    draft = draft_of(place, alice)
    reservation = book(place, place.children[0], (MONDAY, "Repas"), state=DayState.WAITING)
    client = login(bob)
    assert reservation.number in client.get(URL).text and "nouvelle/" not in client.get(URL).text
    assert client.get(f"{URL}{reservation.public_id}/").status_code == 200
    assert client.get(URL + "nouvelle/").status_code == 403
    assert client.post(planning_url(draft), {}).status_code == 403
    assert client.post(f"{URL}place/{reservation.days.get().pk}/", {"reponse": "quitter"}).status_code == 403


def test_what_is_posted_beyond_the_screen_changes_nothing(place, family, alice, charlie):
    """Another's child, a session that has no control, nonsense: the planning takes none of it."""
    mia, _ = place.children
    foreign = ChildFactory(profile=charlie.profiles.get())
    past, meal = place.sessions[dt.date(2027, 1, 4), "Repas"], place.sessions[MONDAY, "Repas"]
    draft = draft_of(place, alice)
    asked = [key(foreign, meal), key(mia, past), "x", "deadbeef-99999"]
    answer = family.post(planning_url(draft, mia), {"c": asked, "faire": "tout:ecran:x:y", "price": "0"})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert str(foreign.public_id) not in draft.days and str(past.pk) not in str(draft.days)
    for action in ("repeter:nonsense", "repeter:9999-12-31", "copier:x", "coller:x", "nonsense", "jours:cocher"):
        assert family.post(planning_url(draft, mia), {"faire": action}).status_code in (302, 404)
    before = PlanningDraft.objects.get().days
    for action in ("tout:a:b:c:d", f"tout:ecran:{'9' * 5000}", "tout:ecran:x"):
        assert family.post(planning_url(draft, mia), {"faire": action}).status_code == 302
    draft.refresh_from_db()
    assert draft.days == before, "no column of that name"


def test_a_planning_begun_is_shown_and_can_be_given_up(place, family, alice):
    draft = draft_of(place, alice, days={str(place.children[0].public_id): {"1": ""}})
    assert "Planning commencé" in family.get(URL).text
    family.post(f"{URL}planning/{draft.public_id}/abandonner/")
    assert not PlanningDraft.objects.exists()


# What it costs --------------------------------------------------------------------------------------------------------


def test_a_month_takes_15_queries_and_60_kb_whatever_the_bookings_and_the_period(dashboard, login, alice, settings):
    settings.KEPT_SECONDS = 60
    place = school(alice.profiles.get(), "Mia", "Tom", "Lou", ends_on=dt.date(2027, 1, 31))
    client, mia = login(alice), place.children[0]
    draft = draft_of(place, alice)

    def cost():
        from theme.kept import forget

        forget()
        client.get(planning_url(draft, mia))
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(planning_url(draft, mia))
        return len(queries), len(answer.content)

    few, light = cost()
    assert few <= 15 and light <= 60_000
    place.period.ends_on = dt.date(2027, 12, 31)
    place.period.save()
    day = dt.date(2027, 2, 1)
    while day <= place.period.ends_on:
        for unit in place.units:
            place.sessions[day, unit.name] = SessionFactory(period=place.period, unit=unit, date=day)
        day += dt.timedelta(days=1)
    book(place, mia, *[one for one in place.sessions if one[0] >= MONDAY and one[0].day % 2])
    draft.days = {str(place.children[1].public_id): {str(session.pk): "" for session in place.sessions.values()}}
    draft.save()
    many, heavy = cost()
    assert many == few and heavy <= 60_000


def test_the_list_costs_the_same_with_one_and_with_twenty(place, family, sql_count):
    book(place, place.children[0], (MONDAY, "Repas"))
    family.get(URL)
    one = sql_count(lambda: family.get(URL))
    for date in sorted({date for date, _ in place.sessions})[5:]:
        book(place, place.children[1], (date, "Repas"))
    assert sql_count(lambda: family.get(URL)) == one


@pytest.mark.parametrize(("day", "label"), [(9, "du 4 au 10 janvier"), (10, "du 11 au 17 janvier")])
def test_on_a_sunday_the_week_of_the_family_is_the_one_to_come(place, login, alice, monkeypatch, day, label):
    monkeypatch.setattr(timezone, "now", lambda: NOW.replace(day=day))
    assert label in text_of(login(alice).get(URL + "semaine/"))


@pytest.mark.parametrize("week", ["0001-01-01", "9999-12-31", "nonsense"])
def test_the_week_of_a_strange_address_is_the_one_to_come(place, family, week):
    assert "du 4 au 10 janvier" in text_of(family.get(f"{URL}semaine/?semaine={week}"))


def test_the_week_of_the_family_costs_the_same_with_one_day_and_with_many(place, family, sql_count):
    mia, tom = place.children
    url = URL + "semaine/?semaine=2027-01-11"
    book(place, mia, (MONDAY, "Repas"))
    family.get(url)
    one = sql_count(lambda: family.get(url))
    book(place, tom, *[(MONDAY + dt.timedelta(days=n), "Soir") for n in range(5) if n != 2])
    assert sql_count(lambda: family.get(url)) == one
    page = text_of(family.get(url))
    assert "Semaine 2, du 11 au 17 janvier" in page and "Soir" in page
