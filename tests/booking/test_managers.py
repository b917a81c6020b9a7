"""The managers' screens: who comes, with the health data of those who may read it; requests; occupancy; registers."""

import datetime as dt
import html
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import HealthAccess, HealthRecord
from booking.enums import Act, DayState, Presence
from booking.models import Attendance, ReservationDay, Session
from booking.queries.managers import Load
from tests.factories.booking import FacilityFactory, SessionFactory
from tests.factories.families import GuardianFactory, GuardianshipFactory, HouseholdFactory

from .day import WEDNESDAY, FacilityDay

pytestmark = pytest.mark.django_db
MANAGER = "Responsable enfance"
DAY, SHEET, ATTENDANCE = "/admin/enfance/", "/admin/enfance/feuille/", "/admin/enfance/pointage/"
REQUESTS, OCCUPANCY = "/admin/enfance/demandes/", "/admin/enfance/occupation/"


@pytest.fixture
def centre(db):
    return FacilityDay()


@pytest.fixture
def see(client):
    """Return `see(address, **parameters)`: the text of a page, on the Wednesday unless told otherwise."""

    def look(address, **parameters):
        answer = client.get(address, {"date": WEDNESDAY.isoformat(), **parameters})
        assert answer.status_code == 200
        return " ".join(html.unescape(answer.text).replace("\u00a0", " ").split())

    return look


def address(path, centre, **parameters):
    query = {"etablissement": centre.facility.pk, "date": centre.date.isoformat(), **parameters}
    return path + "?" + "&".join(f"{name}={value}" for name, value in query.items())


# The planning of a day ------------------------------------------------------------------------------------------------


def test_who_comes_by_group_and_unit_with_their_people(staff, see, centre):
    staff(MANAGER)
    centre.book(centre.child("Mia", "Durand"))
    centre.book(centre.child("Léo", "Ferrand"), units=[centre.lunch], group=centre.small)
    page = see(DAY)
    assert page.index("Moins de 6 ans") < page.index("FERRAND Léo") < page.index("6 ans et plus") < page.index("DURAND")
    assert "2</b> enfants attendus" in page
    for person in ("Sacha Durand", "Josette Durand", "Louise Ferrand", "Nourrice", "02 41 00 00 01"):
        assert person in page, person
    assert "Ne vient pas" in page


@pytest.mark.parametrize("path", [DAY, ATTENDANCE])
def test_without_a_choice_a_facility_that_opens_on_the_day_is_shown(staff, see, centre, path):
    staff(MANAGER)
    FacilityFactory(name="Accueil Alizé")
    assert "selected>Accueil de loisirs des Tilleuls<" in see(path)
    assert "selected>Accueil Alizé<" in see(path, date="2026-11-19")


@pytest.mark.parametrize("path", [DAY, SHEET])
def test_the_telephones_of_the_household_are_there_with_those_of_its_guardians(staff, see, centre, path):
    staff(MANAGER)
    mia = centre.child("Mia", "Durand", phone="06 39 98 00 01", second_phone="06 39 98 00 02")
    mia.household.guardians.update(phone="", second_phone="06 39 98 00 03", work_phone="06 39 98 00 04")
    mia.emergency_contacts.update(second_phone="06 39 98 00 05")
    centre.book(mia)
    page = see(path)
    assert [n for n in range(1, 6) if f"06 39 98 00 0{n}" not in page] == []


@pytest.mark.parametrize("state", [state for state in DayState if state != DayState.ACCEPTED])
def test_only_booked_children_come(staff, see, centre, state):
    staff(MANAGER)
    centre.book(centre.child("Mia", "Durand"), state=state)
    assert "DURAND" not in see(DAY)


def test_the_other_facility_the_other_day_and_ended_guardianships_stay_out(staff, see, centre):
    staff(MANAGER)
    mia = centre.child("Mia", "Durand")
    former = HouseholdFactory(name="Ancien foyer")
    GuardianFactory(profile=former, first_name="Ancienne", last_name="Tutrice")
    GuardianshipFactory(child=mia, profile=former, ended_on=WEDNESDAY - dt.timedelta(days=1))
    centre.book(mia)
    other = FacilityDay(name="École Jules-Ferry")
    other.book(other.child("Léo", "Ferrand"))
    page = see(DAY, etablissement=centre.facility.pk)
    assert "DURAND" in page and "FERRAND" not in page and "Tutrice" not in page
    assert "Pas d’accueil ce jour-là" in see(DAY, etablissement=centre.facility.pk, date="2026-11-19")


def test_a_day_without_sessions_leads_to_the_next_one(staff, see, centre):
    staff(MANAGER)
    page = see(DAY, date="2026-11-10")
    assert f"?etablissement={centre.facility.pk}&date=2026-11-18" in page
    assert "Voir le prochain jour d’accueil" in page


def test_without_any_facility_the_screens_say_so(staff, see):
    staff(MANAGER)
    for path in (DAY, ATTENDANCE):
        assert "Aucun établissement n’est ouvert" in see(path)
    for path in (REQUESTS, OCCUPANCY, SHEET):
        see(path)


@pytest.mark.parametrize("date", ["", "hier", "2026-13-01", "9999-12-31", "0001-01-01"])
def test_a_strange_address_shows_today(staff, see, centre, date):
    staff(MANAGER)
    assert "aujourd’hui" in see(DAY, date=date, etablissement="x")


# Health ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_health(centre):
    mia = centre.child("Mia", "Durand")
    centre.health(mia, "Sans porc", care_plan=True, care_plan_details="Asthme")
    centre.book(mia)
    centre.book(centre.child("Léo", "Ferrand"))
    return centre


@pytest.mark.parametrize("path", [DAY, SHEET])
def test_diets_and_care_plans_are_shown_and_each_read_is_logged(staff, see, with_health, path):
    manager = staff(MANAGER, first_name="Claire", last_name="Morel")
    page = see(path)
    assert "Sans porc" in page and "dont 1 avec PAI" in page and "dont 1 « Sans porc »" in page
    assert "Asthme" not in page
    accesses = HealthAccess.objects.all()
    assert {access.child.first_name for access in accesses} == {"Mia", "Léo"}
    assert {access.read_by for access in accesses} == {manager}
    assert all(with_health.facility.name in access.where for access in accesses)


@pytest.mark.parametrize("path", [DAY, SHEET])
def test_without_the_right_nothing_of_health_is_shown_nor_read(staff, see, with_health, path):
    staff("Administrateur")
    page = see(path)
    assert "DURAND" in page and "Sans porc" not in page and "PAI" not in page
    assert not HealthAccess.objects.exists()


def test_the_sheet_can_leave_health_out(staff, see, with_health):
    staff(MANAGER)
    page = see(SHEET, sante="non")
    assert "DURAND" in page and "Sans porc" not in page and "PAI" not in page
    assert not HealthAccess.objects.exists()


def test_the_screen_of_attendance_shows_no_health(staff, see, with_health):
    staff(MANAGER)
    assert "Sans porc" not in see(ATTENDANCE) and "PAI" not in see(ATTENDANCE)
    assert not HealthAccess.objects.exists()


def test_nobody_reads_health_round_the_service():
    """The models of health are named nowhere in booking."""
    from pathlib import Path

    import booking

    sources = "".join(path.read_text() for path in Path(booking.__path__[0]).rglob("*.py"))
    assert HealthRecord.__name__ not in sources.replace("{child's id: HealthRecord}", "")
    assert "health_record" not in sources


# Attendance -----------------------------------------------------------------------------------------------------------


def marks(day, presence="", seen="", **fields):
    return {f"presence-{day.pk}": presence, f"etait-{day.pk}": seen} | {
        f"{name}-{day.pk}": value for name, value in fields.items()
    }


def test_attendance_is_noted_by_unit(staff, client, see, centre):
    staff(MANAGER, first_name="Claire")
    day, lunch = centre.book(centre.child("Mia", "Durand"))
    other, _lunch = centre.book(centre.child("Léo", "Ferrand"))
    url = address(ATTENDANCE, centre, unite=centre.day.pk)
    posted = marks(day, "present", arrivee="08:12", depart="17:30") | marks(other, "absent_justified", motif="Prévenue")
    assert client.post(url, posted).status_code == 302
    found = {note.day: note for note in Attendance.objects.all()}
    assert set(found) == {day, other}
    assert (found[day].arrived_at, found[day].left_at) == (dt.time(8, 12), dt.time(17, 30))
    assert found[other].reason == "Prévenue"
    page = see(ATTENDANCE, etablissement=centre.facility.pk, unite=centre.day.pk)
    assert "2 sur 2 pointés" in page and "0 sur 2 pointé" in page
    assert "Noté par Claire" in page and 'data-figure="missing">0<' in page
    assert "8 h 12 – 17 h 30" in see(DAY)


def test_attendance_opens_on_the_first_unit_to_which_somebody_comes(staff, see, centre):
    staff(MANAGER)
    centre.book(centre.child("Mia", "Durand"), units=[centre.lunch])
    page = see(ATTENDANCE)
    assert "Mia" in page and "Aucun enfant n’est attendu" not in page
    # « Tous présents » is about the unit on screen, wherever others are booked meanwhile.
    assert f'unite={centre.lunch.pk}" class="childcare-register' in page


def test_lines_left_as_they_were_are_not_written(staff, client, centre):
    staff(MANAGER)
    day, other = centre.book(units=[centre.day]) + centre.book(centre.child("Léo"), units=[centre.day])
    client.post(address(ATTENDANCE, centre), marks(day, "present") | marks(other))
    first = Attendance.objects.get()
    client.post(address(ATTENDANCE, centre), marks(day, "present", seen="present|||") | marks(other, "absent"))
    assert Attendance.objects.get(day=day).noted_at == first.noted_at
    assert Attendance.objects.get(day=other).presence == Presence.ABSENT


@pytest.mark.parametrize(("button", "attribute"), [("arrivee", "arrived_at"), ("depart", "left_at")])
def test_one_button_says_that_a_child_arrives_or_leaves_now(staff, client, centre, button, attribute):
    staff(MANAGER)
    (day,) = centre.book(units=[centre.day])
    client.post(address(ATTENDANCE, centre), marks(day) | {"maintenant": f"{button}-{day.pk}"})
    note = Attendance.objects.get()
    noted = dt.datetime.combine(timezone.localdate(), getattr(note, attribute), timezone.get_current_timezone())
    assert note.presence == Presence.PRESENT
    assert abs(timezone.now() - noted) < dt.timedelta(minutes=2)


def test_all_present_by_one_button(staff, client, centre):
    staff(MANAGER)
    for name in ("Mia", "Léo", "Inès"):
        centre.book(centre.child(name))
    client.post(address(ATTENDANCE, centre, unite=centre.day.pk), {"tous": "1"})
    noted = Attendance.objects.all()
    assert noted.count() == 3 and {note.day.session.unit for note in noted} == {centre.day}


def test_a_mistake_is_said_and_what_was_typed_stays(staff, client, centre):
    staff(MANAGER)
    day, other = centre.book(units=[centre.day]) + centre.book(centre.child("Léo"), units=[centre.day])
    posted = marks(day, "present", arrivee="17:00", depart="08:00") | marks(other, "present")
    answer = client.post(address(ATTENDANCE, centre), posted)
    assert answer.status_code == 422 and "Erreur :" in answer.text
    assert 'value="17:00"' in answer.text and f"#day-{day.pk}" in answer.text
    assert Attendance.objects.get().day == other


def test_the_script_is_answered_in_json(staff, client, centre):
    staff(MANAGER, first_name="Claire")
    (day,) = centre.book(units=[centre.day])
    headers = {"Accept": "application/json"}
    answer = client.post(address(ATTENDANCE, centre), marks(day, "present"), headers=headers).json()
    saved = answer["saved"][str(day.pk)]
    assert saved["seen"] == "present|||" and saved["text"].startswith("Noté par Claire à ")
    assert answer["figures"] == {"expected": 1, "present": 1, "absent": 0, "missing": 0}
    stale = client.post(address(ATTENDANCE, centre), marks(day, "absent"), headers=headers).json()
    assert "entre-temps" in stale["problems"][str(day.pk)] and stale["saved"] == {}


# Neither a database nor Python takes numbers that long.
HUGE = ["9" * 30, "9" * 5000]


@pytest.mark.parametrize(
    "posted",
    [
        {"etait-x": ""},
        {"etait-": "", "presence-": "present"},
        {"etait-999": "?"},
        {f"etait-{HUGE[0]}": "?", f"presence-{HUGE[0]}": "present"},
    ],
)
def test_hostile_posts_note_nothing(staff, client, centre, posted):
    staff(MANAGER)
    centre.book()
    assert client.post(address(ATTENDANCE, centre), posted).status_code in (302, 422)
    assert not Attendance.objects.exists()


# Requests -------------------------------------------------------------------------------------------------------------


def states(*days):
    return [ReservationDay.objects.get(pk=day.pk).state for day in days]


def ask(centre, first_name="Mia", units=None, **fields):
    priced = {"quantity": "1", "unit_price": "9.50"}
    return centre.book(centre.child(first_name), units=units, state=DayState.REQUESTED, computed_from=priced, **fields)


def test_requests_are_shown_with_places_left_and_the_waiting_list(staff, see, centre):
    staff(MANAGER)
    ask(centre, units=[centre.day])
    centre.book(centre.child("Léo"), units=[centre.day], state=DayState.WAITING)
    Session.objects.filter(pk=centre.sessions[centre.day, centre.tall].pk).update(taken=10)
    page = see(REQUESTS)
    assert "Mia Durand" in page and "2 places sur 12" in page and "1 sur liste d’attente" in page and "9,50 €" in page
    assert "Léo" not in page
    assert "Léo" in see(REQUESTS, nature="waiting")
    assert "Rien à décider ici" in see(REQUESTS, nature=Act.CANCEL)
    assert "Rien à décider ici" in see(REQUESTS, lieu=FacilityFactory().pk)


def test_one_request_is_accepted(staff, client, centre):
    manager = staff(MANAGER)
    mine, others = ask(centre), ask(centre, "Léo")
    client.post(REQUESTS, {"decision": f"accepter-{mine[0].reservation_id}"})
    assert states(*mine, *others) == [DayState.ACCEPTED] * 2 + [DayState.REQUESTED] * 2
    assert ReservationDay.objects.get(pk=mine[0].pk).decided_by == manager


def test_many_are_accepted_together_whole_or_day_by_day(staff, client, centre):
    staff(MANAGER)
    whole, some = ask(centre), ask(centre, "Léo")
    posted = {"decision": "accepter", "reservation": [whole[0].reservation_id], "jour": [some[1].pk]}
    client.post(REQUESTS, posted)
    assert states(*whole, *some) == [DayState.ACCEPTED, DayState.ACCEPTED, DayState.REQUESTED, DayState.ACCEPTED]


def test_a_refusal_needs_its_reason_and_keeps_what_was_ticked(staff, client, centre):
    staff(MANAGER)
    days = ask(centre)
    posted = {"decision": "refuser", "jour": [days[0].pk], "motif": " "}
    answer = client.post(REQUESTS, posted)
    assert answer.status_code == 422 and "Indiquez le motif du refus" in html.unescape(answer.text)
    assert f'value="{days[0].pk}" checked' in answer.text
    client.post(REQUESTS, posted | {"motif": "Trop tard pour le traiteur"})
    assert states(*days) == [DayState.REFUSED, DayState.REQUESTED]
    assert ReservationDay.objects.get(pk=days[0].pk).reason == "Trop tard pour le traiteur"


def test_a_reason_beside_one_request_is_its_own(staff, client, centre):
    staff(MANAGER)
    days = ask(centre)
    key = days[0].reservation_id
    client.post(REQUESTS, {"decision": f"refuser-{key}", f"motif-{key}": "Complet", "motif": "Autre"})
    assert {day.reason for day in ReservationDay.objects.all()} == {"Complet"}


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"decision": "accepter"},
        {"decision": "accepter", "jour": "x"},
        *({"decision": "accepter", "jour": huge, "reservation": huge} for huge in HUGE),
    ],
    ids=range(5),
)
def test_nothing_ticked_decides_nothing(staff, client, centre, posted):
    staff(MANAGER)
    days = ask(centre)
    assert client.post(REQUESTS, posted).status_code in (302, 422)
    assert states(*days) == [DayState.REQUESTED] * 2


def test_a_full_day_is_said(staff, client, centre):
    staff(MANAGER)
    centre.activity.waiting_list = False
    centre.activity.save()
    Session.objects.update(capacity=0)
    days = ask(centre)
    page = client.post(REQUESTS, {"decision": f"accepter-{days[0].reservation_id}"}, follow=True).text
    assert "Il n’y a plus assez de places pour Mia Durand" in html.unescape(page)
    assert states(*days) == [DayState.REQUESTED] * 2


def test_who_may_only_look_decides_nothing(staff, client, centre):
    staff("Administrateur")
    days = ask(centre)
    assert client.post(REQUESTS, {"decision": f"accepter-{days[0].reservation_id}"}).status_code == 302
    assert states(*days) == [DayState.REQUESTED] * 2


# Occupancy ------------------------------------------------------------------------------------------------------------


def test_occupancy_by_week_then_by_day(staff, see, centre):
    staff(MANAGER)
    Session.objects.filter(unit=centre.day).update(taken=12)
    week = see(OCCUPANCY)
    assert "50 %" in week and "24 sur 48" in week and "2 séances complètes" in week
    days = see(f"{OCCUPANCY}{centre.activity.pk}/")
    assert "Complet" in days and "12 sur 12" in days and "Mercredi 18 novembre" in days


@pytest.mark.parametrize(
    ("taken", "capacity", "percent", "level"),
    [(0, 0, 0, "quiet"), (0, 10, 0, "quiet"), (1, 1000, 1, "quiet"), (8, 10, 80, "busy"), (999, 1000, 99, "busy")]
    + [(10, 10, 100, "full"), (995, 1000, 99, "busy"), (5, 1000, 1, "quiet")],
)
def test_a_percentage_never_lies_at_its_ends(taken, capacity, percent, level):
    load = Load(taken, capacity)
    assert (load.percent, load.level) == (percent, level)


def test_an_unknown_activity_is_a_404(staff, client):
    staff(MANAGER)
    assert client.get(f"{OCCUPANCY}999/").status_code == 404


# Registers, menu, panel -----------------------------------------------------------------------------------------------


def test_the_register_shows_a_reservation_and_its_days(staff, see, centre):
    staff("Régisseur")
    day, _lunch = centre.book(explanation=["Tranche C : 9,50 €."])
    url = reverse("wagtailsnippets_booking_reservation:list")
    assert day.reservation.number in see(url, q=day.child.last_name)
    assert day.reservation.number not in see(url, act=Act.CANCEL)
    page = see(reverse("wagtailsnippets_booking_reservation:inspect", args=[day.reservation_id]))
    assert "Tranche C : 9,50 €." in page and "Mercredis d’automne" in page


def test_the_menu_shows_each_what_is_theirs(staff, client):
    home = reverse("wagtailadmin_home")
    requests, register = reverse("childcare:requests"), reverse("wagtailsnippets_booking_reservation:list")
    staff(MANAGER)
    page = client.get(home).text
    assert requests in page and register in page
    staff("Régisseur")
    page = client.get(home).text
    assert register in page and requests not in page


def test_what_waits_is_on_the_first_page(staff, see, centre):
    staff(MANAGER)
    today = timezone.localdate()
    (missing,) = centre.book(units=[centre.day])
    Session.objects.filter(pk=missing.session_id).update(date=today - dt.timedelta(days=1))
    ask(centre, "Léo", units=[centre.lunch])
    ask(centre, "Inès")
    centre.ask_to_cancel(missing)
    page = see(reverse("wagtailadmin_home"))
    assert '<span>Réservations à décider</span> <b class="office-count">2</b>' in page
    assert '<span>Annulations à décider</span> <b class="office-count">1</b>' in page
    assert "Pointages manquants le" in page
    staff("Régisseur")
    assert "à décider" not in see(reverse("wagtailadmin_home"))


# Queries --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [DAY, SHEET, ATTENDANCE, REQUESTS, OCCUPANCY])
def test_each_screen_costs_the_same_with_one_child_and_many(staff, client, sql_count, centre, path):
    staff(MANAGER)

    def fill(names):
        for name in names:
            child = centre.child(name)
            centre.health(child, f"Régime {name}")
            centre.book(child)
            ask(centre, f"{name} bis")
        date = WEDNESDAY + dt.timedelta(weeks=len(names))
        SessionFactory(period=centre.period, unit=centre.day, date=date)

    fill(["Mia"])
    url = address(path, centre)
    client.get(url)
    one = sql_count(lambda: client.get(url))
    fill(["Léo", "Inès", "Malo", "Jade", "Noé", "Anouk", "Sami"])
    HealthAccess.objects.all().delete()
    client.get(url)
    assert sql_count(lambda: client.get(url)) == one


def test_the_price_of_a_cancelled_day_is_shown(staff, see, centre):
    staff(MANAGER)
    (day,) = centre.book(units=[centre.day])
    ReservationDay.objects.filter(pk=day.pk).update(price=Decimal("12.00"))
    centre.ask_to_cancel(day)
    assert "12,00 €" in see(REQUESTS) and "Ne pas facturer" in see(REQUESTS)
