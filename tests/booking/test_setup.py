"""The set-up back office: what staff can do without code, and what it refuses in French."""

import re
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from accounts.rights import ADMINISTRATOR, CHILDCARE_MANAGER, COMMUNICATION, REVENUE_OFFICER
from booking.enums import Act, DaysKind, DayState, PriceMethod, UnitKind
from booking.models import (
    Activity,
    BookingPeriod,
    BookingSettings,
    Deadline,
    Facility,
    Session,
    SiblingReduction,
    Tariff,
    TariffBand,
    TariffVersion,
)
from booking.services import sessions
from tests.factories.booking import (
    ActivityFactory,
    BookingPeriodFactory,
    DeadlineFactory,
    FacilityFactory,
    GroupFactory,
    ReservationDayFactory,
    ReservationFactory,
    SessionFactory,
    TariffFactory,
    TariffVersionFactory,
    UnitFactory,
)


@pytest.fixture
def manager(staff):
    return staff(CHILDCARE_MANAGER)


def url(model, name, *args):
    return reverse(f"wagtailsnippets_booking_{model}:{name}", args=args)


def text_of(response):
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ").replace("&#x27;", "'")


def posted(client, address, data, status=302):
    lists = {name: data[name] for name in ("weekdays",) if name in data}
    flat = nested_form_data({name: value for name, value in data.items() if name not in lists})
    response = client.post(address, {**flat, **lists})
    errors = re.findall(r'class="error-message.*?</', text_of(response), re.S)
    assert response.status_code == status, errors
    return response


def inline(*rows, initial=0):
    """Rows of a formset; `DELETE` and `id` as they come."""
    return inline_formset(list(rows), initial=initial)


# Facilities ----------------------------------------------------------------------------------------------------------


def facility_data(**changes):
    return {
        "name": "Centre des Tilleuls",
        "address": "1 place de la Mairie",
        "postcode": "34800",
        "town": "Octon",
        "phone": "",
        "email": "",
        "zone": "C",
        "active": "on",
        "closures": inline(
            {"starts_on": "2027-05-06", "ends_on": "2027-05-07", "reason": "Pont de l’Ascension", "id": "", "ORDER": 1}
        ),
        **changes,
    }


def test_a_facility_with_its_closures(manager, client):
    posted(client, url("facility", "add"), facility_data())
    facility = Facility.objects.get()
    assert (facility.zone, facility.closures.get().reason) == ("C", "Pont de l’Ascension")


def test_a_closure_that_ends_before_it_begins_is_refused(manager, client):
    backwards = inline({"starts_on": "2027-05-07", "ends_on": "2027-05-06", "reason": "Pont", "id": "", "ORDER": 1})
    response = posted(client, url("facility", "add"), facility_data(closures=backwards), 200)
    assert "La fin de la fermeture ne peut pas précéder son début." in text_of(response)
    assert not Facility.objects.exists()


def test_new_closures_say_that_sessions_have_not_changed(manager, client):
    facility = FacilityFactory()
    data = facility_data(name=facility.name)
    response = client.post(url("facility", "edit", facility.pk), nested_form_data(data), follow=True)
    assert "Les séances déjà créées n’ont pas changé" in text_of(response)


def test_what_has_activities_is_not_deleted_and_the_agent_reads_why(manager, client):
    activity = ActivityFactory()
    response = client.post(url("facility", "delete", activity.facility_id), follow=True)
    assert Facility.objects.exists()
    assert response.status_code == 200
    assert "ne peut pas être supprimé : des activités en dépendent" in text_of(response)


def test_nothing_is_deleted_in_bulk(manager, client):
    facility = FacilityFactory()
    address = f"{reverse('wagtail_bulk_action', args=['booking', 'facility', 'delete'])}?id={facility.pk}"
    client.post(address)
    assert Facility.objects.filter(pk=facility.pk).exists()


# Activities ----------------------------------------------------------------------------------------------------------


def unit_row(**changes):
    row = {"name": "Repas", "kind": "meal", "starts_at": "12:00", "ends_at": "13:30", "tariff": "", "capacity": "60"}
    return {**row, "id": "", "ORDER": 1, **changes}


def deadline_row(**changes):
    row = {"act": "add", "outcome": "at_once", "kind": "days", "at_time": "12:00", "count": "2", "weekday": "3"}
    return {**row, "id": "", "ORDER": 1, **changes}


def group_row(**changes):
    row = {"name": "Petits", "min_age": "", "max_age": "", "from_level": "", "to_level": "", "capacity": ""}
    return {**row, "id": "", "ORDER": 1, **changes}


def activity_data(facility, **changes):
    return {
        "name": "Cantine",
        "facility": str(facility.pk),
        "kind": "canteen",
        "description": "",
        "active": "on",
        "needs_enrolment": "on",
        "enrolment_open": "on",
        "min_age_months": "",
        "max_age_months": "",
        "waiting_list": "on",
        "offer_hours": "24",
        "absence_rule": "free_if_justified",
        "units": inline(unit_row()),
        "groups": inline(),
        "deadlines": inline(),
        **changes,
    }


def add_activity(client, status=302, **changes):
    return posted(client, url("activity", "add"), activity_data(FacilityFactory(), **changes), status)


def test_an_activity_with_its_units_groups_and_deadlines(manager, client):
    tariff = TariffFactory()
    add_activity(
        client,
        units=inline(unit_row(tariff=str(tariff.pk)), unit_row(name="Goûter", starts_at="16:00", ends_at="16:30")),
        groups=inline(group_row(max_age="5", capacity="20"), group_row(name="Grands", min_age="6")),
        deadlines=inline(
            deadline_row(kind="weekday"),
            deadline_row(outcome="on_request", count="1"),
            deadline_row(act="cancel", kind="working_days", count="3"),
        ),
    )
    activity = Activity.objects.get()
    assert [unit.name for unit in activity.units.all()] == ["Repas", "Goûter"]
    assert [group.name for group in activity.groups.all()] == ["Petits", "Grands"]
    assert activity.deadlines.count() == 3


def test_the_form_says_what_the_deadlines_give(manager, client):
    activity = ActivityFactory()
    DeadlineFactory(activity=activity, kind="weekday", weekday=3, at_time=time(12))
    text = text_of(client.get(url("activity", "edit", activity.pk)))
    assert "Réservation acceptée tout de suite jusqu’au jeudi de la semaine d’avant, à 12 h" in text
    assert "Pour le lundi" in text and "Pour le mercredi" in text and "jusqu’au jeudi" in text
    assert "Sans délai pour l’annulation" in text


def test_an_activity_needs_a_unit(manager, client):
    add_activity(client, 200, units=inline())
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"units": inline(unit_row(ends_at="11:00"))}, "L’heure de fin doit suivre l’heure de début."),
        ({"units": inline(unit_row(kind="hours"))}, "réservés à la petite enfance"),
        ({"kind": "nursery"}, "choisissez « Horaires au choix »"),
        ({"groups": inline(group_row(min_age="6", max_age="5"))}, "L’âge maximum ne peut pas être sous"),
        ({"groups": inline(group_row(from_level="cm2", to_level="cp"))}, "Ce niveau vient avant le premier"),
        ({"min_age_months": "40", "max_age_months": "36"}, "L’âge maximum ne peut pas être sous"),
        (
            {"deadlines": inline(deadline_row(), deadline_row(outcome="on_request", count="5"))},
            "Ce délai ne servirait jamais",
        ),
        ({"offer_hours": "0"}, "supérieure ou égale à 1"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(manager, client, changes, message):
    assert message in text_of(add_activity(client, 200, **changes))
    assert not Activity.objects.exists()


def test_two_deadlines_for_the_same_answer_are_refused(manager, client):
    add_activity(client, 200, deadlines=inline(deadline_row(), deadline_row(count="4")))
    assert not Deadline.objects.exists()


def test_a_unit_and_a_group_with_sessions_stay(manager, client):
    activity = ActivityFactory(kind="canteen", name="Cantine")
    unit, group = UnitFactory(activity=activity), GroupFactory(activity=activity, name="Petits")
    SessionFactory(period=BookingPeriodFactory(activity=activity), unit=unit, group=group)
    data = activity_data(
        activity.facility,
        units=inline(
            unit_row(id=str(unit.pk), name=unit.name, DELETE="on"), unit_row(name="Autre", ORDER=2), initial=1
        ),
        groups=inline(group_row(id=str(group.pk), DELETE="on"), initial=1),
    )
    text = text_of(posted(client, url("activity", "edit", activity.pk), data, 200))
    assert f"L’unité « {unit.name} » a déjà des séances" in text
    assert "Le groupe « Petits » a déjà des séances" in text
    assert activity.units.filter(pk=unit.pk).exists() and activity.groups.filter(pk=group.pk).exists()


# Tariffs -------------------------------------------------------------------------------------------------------------


def version_data(tariff, **changes):
    return {
        "tariff": str(tariff.pk),
        "valid_from": "2026-09-01",
        "method": "fixed",
        "price": "3.10",
        "rate": "",
        "floor": "",
        "ceiling": "",
        "outside_surcharge": "0",
        "bands": inline(),
        "sibling_reductions": inline(),
        **changes,
    }


def band_row(label, start, price, **changes):
    return {"label": label, "quotient_from": start, "price": price, "outside_price": "", "id": "", **changes}


BANDS = inline(band_row("A", "0", "1.20"), band_row("B", "500", "2.35"))


def test_a_new_tariff_leads_to_its_first_version(manager, client):
    response = posted(client, url("tariff", "add"), {"name": "Repas"})
    tariff = Tariff.objects.get()
    assert response["Location"] == f"{url('tariffversion', 'add')}?tariff={tariff.pk}"
    assert f'<option value="{tariff.pk}" selected>' in text_of(client.get(response["Location"]))
    reductions = inline({"rank": "2", "percent": "10", "id": ""})
    data = version_data(tariff, method="bands", price="", bands=BANDS, sibling_reductions=reductions)
    response = posted(client, url("tariffversion", "add"), data)
    assert response["Location"] == url("tariff", "edit", tariff.pk)
    version = TariffVersion.objects.get()
    assert [band.price for band in version.bands.all()] == [Decimal("1.2000"), Decimal("2.3500")]
    text = text_of(client.get(response["Location"]))
    assert "1er sept. 2026" in text and "Quotient de 500,00 € : 2,35 €" in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"price": ""}, "Indiquez le prix unique."),
        ({"price": "-1"}, "supérieure ou égale à 0"),
        ({"method": "effort_rate", "rate": "0.6"}, "Indiquez le taux d’effort et le prix plafond"),
        (
            {"method": "effort_rate", "rate": "0.6", "floor": "5", "ceiling": "2"},
            "Le prix plafond ne peut pas être sous le prix plancher.",
        ),
        ({"method": "bands", "price": ""}, "Ajoutez au moins une tranche"),
        ({"bands": BANDS}, "Les tranches ne servent qu’au calcul par tranches"),
        (
            {"method": "bands", "bands": inline(band_row("B", "500", "2"))},
            "La première tranche part d’un quotient de 0",
        ),
        ({"sibling_reductions": inline({"rank": "2", "percent": "101", "id": ""})}, "inférieure ou égale à 100"),
    ],
)
def test_a_version_that_could_not_give_a_price_is_refused(manager, client, changes, message):
    tariff = TariffFactory(version=False)
    text = text_of(posted(client, url("tariffversion", "add"), version_data(tariff, **changes), 200))
    assert message in text
    assert not TariffVersion.objects.exists()


def test_a_version_starts_from_another_with_its_bands(manager, client):
    version = TariffVersionFactory(tariff=TariffFactory(version=False), method=PriceMethod.BANDS, price=None)
    version.bands = [TariffBand(label="A", quotient_from=0, price=1), TariffBand(label="B", quotient_from=500, price=2)]
    version.save()
    copy = f"{url('tariffversion', 'add')}?from={version.pk}"
    page = text_of(client.get(copy))
    assert 'name="bands-INITIAL_FORMS" value="2"' in page and 'name="bands-0-id" id="id_bands-0-id"' in page
    bands = inline(band_row("A", "0", "1.10"), band_row("B", "500", "2.20"), initial=2)
    posted(client, copy, version_data(version.tariff, valid_from="2027-09-01", method="bands", price="", bands=bands))
    new = TariffVersion.objects.get(valid_from=date(2027, 9, 1))
    assert [band.price for band in new.bands.all()] == [Decimal("1.1000"), Decimal("2.2000")]
    assert [band.price for band in version.bands.all()] == [1, 2]


def test_the_form_shows_what_families_pay_and_why(manager, client):
    version = TariffVersionFactory(
        tariff=TariffFactory(version=False), method=PriceMethod.BANDS, price=None, outside_surcharge=50
    )
    version.bands = [
        TariffBand(label="A", quotient_from=0, price=Decimal("1.20")),
        TariffBand(label="B", quotient_from=500, price=Decimal("2.40")),
    ]
    version.sibling_reductions = [SiblingReduction(rank=2, percent=10)]
    version.save()
    text = text_of(client.get(url("tariffversion", "edit", version.pk)))
    assert "Quotient de 500,00 €" in text and "Sans quotient vérifié" in text
    assert all(amount in text for amount in ("2,40 €", "2,16 €", "3,60 €"))
    assert "Quotient familial de 500,00 € : tranche « B », 2,40 €." in text


def test_a_version_that_served_is_neither_rewritten_nor_deleted(manager, client):
    version = TariffVersionFactory(tariff=TariffFactory(version=False))
    ReservationDayFactory(computed_from={"version": version.pk}, state=DayState.CANCELLED)
    edit = url("tariffversion", "edit", version.pk)
    assert "cette version ne change plus" in text_of(client.get(edit))
    data = version_data(version.tariff, valid_from="2020-01-01", price="9.90")
    assert "cette version ne change plus" in text_of(posted(client, edit, data, 200))
    response = client.post(url("tariffversion", "delete", version.pk), follow=True)
    assert "cette version reste" in text_of(response)
    version.refresh_from_db()
    assert version.price == Decimal("3.1000")
    # Next year's prices start from a copy.
    copy = f"{url('tariffversion', 'add')}?from={version.pk}"
    assert copy in text_of(client.get(edit)) and 'value="3.1000"' in text_of(client.get(copy))
    posted(client, copy, version_data(version.tariff, valid_from="2027-09-01", price="3.40"))
    assert version.tariff.versions.count() == 2


# Periods and their sessions ------------------------------------------------------------------------------------------


def period_data(activity, **changes):
    return {
        "name": "Janvier à juillet",
        "activity": str(activity.pk),
        "starts_on": "2027-01-04",
        "ends_on": "2027-07-02",
        "days_kind": "school",
        "weekdays": ["0", "1", "3", "4"],
        "windows": inline(
            {
                "audience": "residents",
                "opens_at": "2026-11-02 08:00",
                "closes_at": "2027-07-02 12:00",
                "id": "",
                "ORDER": 1,
            }
        ),
        **changes,
    }


def test_a_period_then_its_sessions_after_a_preview(manager, client):
    unit = UnitFactory(capacity=40)
    response = posted(client, url("bookingperiod", "add"), period_data(unit.activity))
    period = BookingPeriod.objects.get()
    assert (period.weekdays, period.windows.count()) == ([0, 1, 3, 4], 1)
    assert response["Location"] == url("bookingperiod", "edit", period.pk)
    page = text_of(client.get(response["Location"]))
    generate = url("bookingperiod", "generate", period.pk)
    assert "pas encore de séance : les familles ne voient rien" in page and generate in page

    preview = text_of(client.get(generate))
    assert "<dt>Séances à créer</dt><dd>84</dd>" in preview
    assert "Vacances d’hiver : du lundi 22 février au vendredi 5 mars 2027" in preview
    assert "Lundi de Pâques : lundi 29 mars 2027" in preview
    assert not Session.objects.exists(), "a preview writes nothing"

    done = text_of(client.post(generate, {"resize": ""}, follow=True))
    assert "Séances créées : 84" in done
    assert Session.objects.filter(period=period, capacity=40).count() == 84
    assert "Les séances sont déjà à jour." in text_of(client.get(generate))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ends_on": "2027-01-01"}, "La fin de la période ne peut pas précéder son début."),
        ({"ends_on": "2028-07-02"}, "Une période ne dépasse pas un an"),
        ({"starts_on": "2028-09-04", "ends_on": "2029-01-01"}, "Le calendrier scolaire n’est publié que jusqu’au"),
        ({"weekdays": []}, "Choisissez au moins un jour de la semaine."),
        ({"weekdays": ["7"]}, "7"),
        (
            {
                "windows": inline(
                    {"audience": "everyone", "opens_at": "2027-01-02 08:00", "closes_at": "2027-01-01 08:00", "id": ""}
                )
            },
            "La fermeture doit suivre l’ouverture.",
        ),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(manager, client, changes, message):
    data = period_data(ActivityFactory(), **changes)
    assert message in text_of(posted(client, url("bookingperiod", "add"), data, 200))
    assert not BookingPeriod.objects.exists()


def test_outside_the_zones_there_are_no_school_holidays_to_follow(manager, client):
    activity = ActivityFactory(facility__zone="")
    data = period_data(activity, days_kind=DaysKind.HOLIDAYS)
    assert "L’établissement est hors zones" in text_of(posted(client, url("bookingperiod", "add"), data, 200))
    posted(client, url("bookingperiod", "add"), period_data(activity, days_kind=DaysKind.ALL))


def test_a_period_with_sessions_keeps_its_activity(manager, client):
    unit, other = UnitFactory(), ActivityFactory()
    period = BookingPeriodFactory(activity=unit.activity)
    SessionFactory(period=period, unit=unit)
    posted(client, url("bookingperiod", "edit", period.pk), period_data(other))
    period.refresh_from_db()
    assert period.activity == unit.activity


def test_a_period_without_bookings_goes_with_its_sessions_and_one_with_bookings_stays(manager, client):
    booked = ReservationDayFactory().session.period
    free = SessionFactory().period
    text = text_of(client.post(url("bookingperiod", "delete", booked.pk), follow=True))
    assert "en dépendent" in text and BookingPeriod.objects.filter(pk=booked.pk).exists()
    client.post(url("bookingperiod", "delete", free.pk))
    assert not BookingPeriod.objects.filter(pk=free.pk).exists()


@pytest.fixture
def january(manager):
    """The school days of January 2027 of one unit, already created: 20 sessions of 30 places."""
    unit = UnitFactory()
    period = BookingPeriodFactory(activity=unit.activity, starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 29))
    sessions.generate(by=manager, period=period)
    return period


def test_sessions_are_listed_with_the_same_queries_however_many(january, client, sql_count):
    one = Session.objects.exclude(pk=january.sessions.first().pk)
    list_url = f"{url('session', 'list')}?period={january.pk}"
    client.get(list_url)
    many = sql_count(lambda: client.get(list_url))
    assert "30 places libres" in text_of(client.get(list_url))
    one.delete()
    assert sql_count(lambda: client.get(list_url)) == many


def test_the_list_tells_full_closed_and_taken_apart(january, client):
    full, closed, *_rest = january.sessions.all()
    Session.objects.filter(pk=full.pk).update(taken=30)
    Session.objects.filter(pk=closed.pk).update(closed_reason="Travaux")
    base = f"{url('session', 'list')}?period={january.pk}"
    for state, words in (("full", "Complète"), ("taken", "30 sur 30"), ("closed", "Fermée : Travaux")):
        text = text_of(client.get(f"{base}&state={state}"))
        assert words in text and text.count("/inspect/") >= 1
        assert "30 places libres" not in text
    assert "Complète" in text_of(client.get(f"{base}&state=open"))


def test_one_session_is_closed_opened_and_resized(january, client):
    session = january.sessions.first()
    sheet = url("session", "inspect", session.pk)
    assert "30 places libres" in text_of(client.get(sheet))
    assert "La séance est fermée." in text_of(
        client.post(url("session", "close", session.pk), {"reason": "Grève"}, follow=True)
    )
    assert "Fermée : Grève" in text_of(client.get(sheet))
    assert "La séance est rouverte." in text_of(client.post(url("session", "reopen", session.pk), follow=True))
    client.post(url("session", "capacity", session.pk), {"capacity": "12"})
    session.refresh_from_db()
    assert (session.capacity, session.closed_reason) == (12, "")


def test_closing_a_booked_session_asks_before_it_cancels(january, client):
    session = january.sessions.first()
    Session.objects.filter(pk=session.pk).update(taken=1, date=timezone.localdate() + timedelta(days=20))
    day = ReservationDayFactory(reservation=ReservationFactory(period=january), session=session)
    close = url("session", "close", session.pk)
    assert "Jours réservés, demandés ou en attente sur cette séance : 1." in text_of(client.get(close))
    assert "cochez la case" in text_of(client.post(close, {"reason": "Grève"}, follow=True))
    day.refresh_from_db()
    assert day.state == DayState.ACCEPTED
    client.post(close, {"reason": "Grève", "cancel_days": "on"})
    day.refresh_from_db()
    assert day.state == DayState.CANCELLED


def test_many_sessions_are_chosen_by_criteria(january, client):
    address = f"{url('session', 'many')}?period={january.pk}&first=2027-01-11&last=2027-01-22&weekdays=2"
    page = text_of(client.get(address))
    assert "<strong>2 séances</strong>" in page and "Fermer 2 séances" in page
    client.post(address, {"act": "close", "reason": "Forum des associations"})
    closed = january.sessions.exclude(closed_reason="").values_list("date", flat=True)
    assert list(closed) == [date(2027, 1, 13), date(2027, 1, 20)]
    client.post(address, {"act": "capacity", "capacity": "5"})
    assert january.sessions.filter(capacity=5).count() == 2
    client.post(address, {"act": "reopen"})
    assert not january.sessions.exclude(closed_reason="").exists()
    response = client.post(address, {"act": "close", "reason": ""})
    assert response.status_code == 200 and "Champ requis" in text_of(response)
    client.post(address, {"act": "close", "reason": "Pour rien"})
    # Without criteria, nothing is chosen and nothing is done.
    client.post(url("session", "many"), {"act": "close", "reason": "Tout"})
    assert not january.sessions.filter(closed_reason="Tout").exists()


@pytest.mark.parametrize("weekday", range(7))
def test_weekdays_are_ours_in_the_database_too(db, manager, client, weekday):
    period = BookingPeriodFactory(starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 10))
    unit = UnitFactory(activity=period.activity)
    for n in range(7):
        SessionFactory(period=period, unit=unit, date=date(2027, 1, 4) + timedelta(days=n))
    client.post(f"{url('session', 'many')}?period={period.pk}&weekdays={weekday}", {"act": "close", "reason": "X"})
    assert [session.date.weekday() for session in period.sessions.exclude(closed_reason="")] == [weekday]


# Rights --------------------------------------------------------------------------------------------------------------

ADDRESSES = [
    url_name
    for model in ("facility", "activity", "tariff", "tariffversion", "bookingperiod")
    for url_name in (f"wagtailsnippets_booking_{model}:list", f"wagtailsnippets_booking_{model}:add")
] + ["wagtailsnippets_booking_session:list", "wagtailsnippets_booking_session:many"]


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_set_up_is_for_childcare_managers(staff, client, name):
    staff(COMMUNICATION)
    assert client.get(reverse(name)).status_code == 302
    staff(CHILDCARE_MANAGER, email="manager@example.test")
    assert client.get(reverse(name)).status_code == 200


def test_the_revenue_officer_sets_prices_and_nothing_else(staff, client):
    staff(REVENUE_OFFICER)
    assert client.get(url("tariff", "add")).status_code == 200
    assert client.get(url("tariffversion", "add")).status_code == 200
    assert client.get(url("activity", "list")).status_code == 302
    session = SessionFactory()
    for name in ("close", "reopen", "capacity"):
        assert client.get(url("session", name, session.pk)).status_code == 302
    assert client.get(url("bookingperiod", "generate", session.period_id)).status_code == 302


def test_sessions_are_never_edited_by_a_form(staff, client):
    staff(ADMINISTRATOR, is_superuser=True)
    session = SessionFactory()
    assert client.get(url("session", "add")).status_code == 302
    assert client.get(url("session", "edit", session.pk)).status_code == 302
    client.post(url("session", "delete", session.pk))
    assert Session.objects.filter(pk=session.pk).exists()


# Settings ------------------------------------------------------------------------------------------------------------


def test_the_territory_is_written_one_town_a_line(manager, client):
    address = reverse("wagtailsettings:edit", args=["booking", "bookingsettings"])
    location = client.get(address)["Location"]
    data = {"territory": "34800 Octon\n34700", "reminder_days": "3", "next_year_from": "3"}
    posted(client, location, data)
    assert BookingSettings.objects.get().reminder_days == 3
    data["territory"] = "3480 Octon"
    assert "un code postal a cinq chiffres" in text_of(posted(client, location, data, 200))


def test_hours_of_a_nursery_are_one_unit_of_opening(manager, client):
    hours = inline(unit_row(name="Accueil", kind=UnitKind.HOURS, starts_at="07:30", ends_at="18:30", capacity="20"))
    add_activity(client, kind="nursery", units=hours, deadlines=inline(deadline_row(act=Act.CANCEL)))
    assert Activity.objects.get().by_hours
