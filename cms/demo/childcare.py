"""What the childcare service set up: facilities, activities, prices, periods with sessions, papers it asks for.

Everything is dated from the school year in which the demonstration is built.
"""

from datetime import date, datetime, time
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import AcceptanceText, ConsentType, Diet
from booking.enums import (
    AbsenceRule,
    Act,
    ActivityKind,
    Audience,
    DaysKind,
    DeadlineKind,
    Outcome,
    PriceMethod,
    UnitKind,
    Weekday,
)
from booking.models import (
    Activity,
    BookingPeriod,
    BookingSettings,
    BookingWindow,
    Closure,
    Deadline,
    Facility,
    Group,
    SiblingReduction,
    Tariff,
    TariffBand,
    TariffVersion,
    Unit,
)
from booking.services.sessions import generate
from documents.enums import RequirementScope
from documents.models import DocumentRequirement

SCHOOL, CENTRE, NURSERY = "École des Tilleuls", "Accueil de loisirs La Cabane", "Multi-accueil Les Coccinelles"
WRAPAROUND, WEDNESDAYS, HOLIDAYS, CRECHE = "Périscolaire et cantine", "Mercredis", "Vacances", "Accueil régulier"
TERRITORY = "00000 Garance-sur-Lierre\n00010 Saint-Lierre\n00020 Val-de-Garance"
ZONE = "B"
LAST_DAY = (7, 3)  # of the school year, in July

DIETS = ["Sans porc", "Sans viande", "Sans lactose", "Sans gluten"]
CONSENTS = [
    ("Photographier mon enfant pour le journal du Pays de Garance", ""),
    ("Quitter seul l’accueil à la fin de l’activité", "À partir de 8 ans."),
    ("Se baigner", "Dans une piscine surveillée, avec les animateurs."),
    ("Être transporté en minibus", "Pour les sorties, avec un rehausseur s’il en faut un."),
    ("Recevoir les soins d’urgence", "Le service vous appelle toujours d’abord."),
]
ACCEPTED_TEXT = (
    "Je certifie que ces informations sont exactes et je m’engage à signaler tout changement. J’ai lu le règlement "
    "des accueils et j’accepte que le service enfance du Pays de Garance utilise ces informations pour accueillir "
    "mes enfants."
)
# name, explanation, scope, months of validity, whether it proves the quotient
PAPERS = [
    ("Justificatif de domicile", "Facture d’eau, d’énergie ou de téléphone de moins de 3 mois.", "family", 12, False),
    ("Attestation de quotient familial", "À télécharger sur le site de la CAF ou de la MSA.", "family", 12, True),
    ("Carnet de vaccination", "La page des vaccins obligatoires.", "child", None, False),
    ("Assurance scolaire et extrascolaire", "L’attestation de l’année scolaire en cours.", "child", 12, False),
    ("Certificat médical pour la collectivité", "Signé par le médecin de l’enfant.", "activity", 12, False),
]
# Family quotient from → price of a meal, of a morning, of an evening
BANDS = [("A", 0), ("B", 400), ("C", 650), ("D", 900), ("E", 1200)]
MEAL = ["1.00", "1.90", "3.10", "3.90", "4.60"]
MORNING = ["0.50", "0.80", "1.20", "1.50", "1.80"]
EVENING = ["0.80", "1.20", "1.80", "2.30", "2.80"]


def school_year():
    """The school year shown: the current one; from July on, the next."""
    today = timezone.localdate()
    return today.year if (today.month, today.day) > LAST_DAY else today.year - 1


def first_day():
    return date(school_year(), 9, 1)


def last_day():
    return date(school_year() + 1, *LAST_DAY)


@transaction.atomic
def load_childcare(by):
    """Set up the childcare service as the staff member `by` would, unless it is there."""
    if Facility.objects.exists():
        return
    settings = BookingSettings.load()
    settings.territory = TERRITORY
    settings.save()
    _papers()
    school = _facility(SCHOOL, "3 rue des Écoliers", "04 65 71 45 30")
    centre = _facility(CENTRE, "Chemin du Moulin", "04 65 71 45 31")
    nursery = _facility(NURSERY, "1 place du Jardin", "04 65 71 45 32")
    ascension = date(school_year() + 1, 5, 7)
    Closure.objects.create(facility=nursery, starts_on=ascension, ends_on=ascension, reason="Pont de l’Ascension")
    for activity in (_wraparound(school), _wednesdays(centre), _creche(nursery)):
        _year(activity, by)
    _holidays(centre, by)


def activity(name):
    """Return the activity of the demonstration called `name`."""
    return Activity.objects.get(name=name)


def _papers():
    for position, label in enumerate(DIETS):
        Diet.objects.create(label=label, position=position)
    for position, (label, explanation) in enumerate(CONSENTS):
        ConsentType.objects.create(label=label, explanation=explanation, position=position)
    AcceptanceText.objects.get_or_create(version=1, defaults={"text": ACCEPTED_TEXT})
    for position, (name, description, scope, months, quotient) in enumerate(PAPERS):
        DocumentRequirement.objects.create(
            name=name,
            description=description,
            scope=RequirementScope(scope),
            validity_months=months,
            proves_quotient=quotient,
            position=position,
        )


def _facility(name, address, phone):
    return Facility.objects.create(
        name=name,
        address=address,
        postcode="00000",
        town="Garance-sur-Lierre",
        phone=phone,
        email="enfance@pays-de-garance.example",
        zone=ZONE,
    )


def _wraparound(facility):
    activity = Activity.objects.create(
        facility=facility,
        kind=ActivityKind.WRAPAROUND,
        name=WRAPAROUND,
        description="L’accueil du matin et du soir à l’école, et le repas de midi.",
        waiting_list=False,
    )
    for position, (name, kind, start, end, prices, places) in enumerate(
        [
            ("Matin", UnitKind.BEFORE_SCHOOL, time(7, 30), time(8, 30), MORNING, 24),
            ("Repas", UnitKind.MEAL, time(12), time(13, 30), MEAL, 60),
            ("Soir", UnitKind.AFTER_SCHOOL, time(16, 30), time(18, 30), EVENING, 30),
        ]
    ):
        tariff = _bands(f"{name} périscolaire" if name != "Repas" else "Repas à la cantine", prices)
        _unit(activity, name, kind, start, end, tariff, places, position)
    _deadline(activity, Act.ADD, Outcome.AT_ONCE, DeadlineKind.WEEKDAY, weekday=Weekday.THURSDAY, at_time=time(12))
    _deadline(activity, Act.ADD, Outcome.ON_REQUEST, DeadlineKind.WORKING_DAYS, count=1, at_time=time(10))
    _deadline(activity, Act.CANCEL, Outcome.AT_ONCE, DeadlineKind.WORKING_DAYS, count=2, at_time=time(10))
    _deadline(activity, Act.CANCEL, Outcome.ON_REQUEST, DeadlineKind.DAYS, count=0, at_time=time(8))
    return activity


def _wednesdays(facility):
    activity = Activity.objects.create(
        facility=facility,
        kind=ActivityKind.LEISURE_CENTRE,
        name=WEDNESDAYS,
        description="Les mercredis à La Cabane : jeux, sorties et ateliers.",
        min_age_months=36,
        offer_hours=24,
    )
    activity.requirements.add(DocumentRequirement.objects.get(name="Certificat médical pour la collectivité"))
    activity.save()
    day = _effort("Journée d’accueil de loisirs", rate="1.25", floor="4.00", ceiling="16.00")
    half = _effort("Demi-journée d’accueil de loisirs", rate="0.70", floor="2.50", ceiling="9.00")
    _unit(activity, "Journée", UnitKind.DAY, time(8), time(18), day, 24, 0)
    _unit(activity, "Matinée", UnitKind.MORNING, time(8), time(13, 30), half, 12, 1)
    _unit(activity, "Après-midi", UnitKind.AFTERNOON, time(13, 30), time(18), half, 12, 2)
    _groups(activity)
    _leisure_deadlines(activity)
    return activity


def _holidays(facility, by):
    activity = Activity.objects.create(
        facility=facility,
        kind=ActivityKind.LEISURE_CENTRE,
        name=HOLIDAYS,
        description="Les vacances à La Cabane, à la journée.",
        min_age_months=36,
        absence_rule=AbsenceRule.CHARGED,
    )
    _unit(
        activity,
        "Journée",
        UnitKind.DAY,
        time(8),
        time(18),
        Tariff.objects.get(name="Journée d’accueil de loisirs"),
        30,
        0,
    )
    _groups(activity)
    _leisure_deadlines(activity)
    period = BookingPeriod.objects.create(
        activity=activity,
        name=f"Vacances {school_year()}-{school_year() + 1}",
        starts_on=first_day(),
        ends_on=last_day(),
        days_kind=DaysKind.HOLIDAYS,
    )
    # Families of the territory first, the others a fortnight later.
    _window(period, date(school_year(), 9, 1), Audience.RESIDENTS)
    _window(period, date(school_year(), 9, 15), Audience.EVERYONE)
    generate(by=by, period=period)


def _creche(facility):
    activity = Activity.objects.create(
        facility=facility,
        kind=ActivityKind.NURSERY,
        name=CRECHE,
        description="L’accueil des enfants de 3 mois à 3 ans, aux horaires de votre contrat.",
        min_age_months=3,
        max_age_months=47,
    )
    hour = _effort("Heure de multi-accueil", rate="0.20", floor="0.50", ceiling="3.50", per_hour=True)
    _unit(activity, "Accueil", UnitKind.HOURS, time(7, 30), time(18, 30), hour, 12, 0)
    _deadline(activity, Act.ADD, Outcome.ON_REQUEST, DeadlineKind.DAYS, count=2, at_time=time(12))
    _deadline(activity, Act.CANCEL, Outcome.AT_ONCE, DeadlineKind.DAYS, count=2, at_time=time(12))
    return activity


def _unit(activity, name, kind, starts_at, ends_at, tariff, capacity, position):
    Unit.objects.create(
        activity=activity,
        name=name,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        tariff=tariff,
        capacity=capacity,
        position=position,
    )


def _groups(activity):
    Group.objects.create(activity=activity, name="3 à 5 ans", min_age=3, max_age=5, capacity=8, position=0)
    Group.objects.create(activity=activity, name="6 ans et plus", min_age=6, position=1)


def _deadline(activity, act, outcome, kind, **fields):
    Deadline.objects.create(activity=activity, act=act, outcome=outcome, kind=kind, **fields)


def _leisure_deadlines(activity):
    _deadline(activity, Act.ADD, Outcome.AT_ONCE, DeadlineKind.DAYS, count=7, at_time=time(12))
    _deadline(activity, Act.ADD, Outcome.ON_REQUEST, DeadlineKind.DAYS, count=2, at_time=time(12))
    _deadline(activity, Act.CANCEL, Outcome.AT_ONCE, DeadlineKind.DAYS, count=7, at_time=time(12))
    _deadline(activity, Act.CANCEL, Outcome.ON_REQUEST, DeadlineKind.DAYS, count=1, at_time=time(12))


def _bands(name, prices):
    tariff = Tariff.objects.create(name=name)
    version = TariffVersion.objects.create(
        tariff=tariff, valid_from=first_day(), method=PriceMethod.BANDS, outside_surcharge=Decimal("50")
    )
    for (label, quotient), price in zip(BANDS, prices, strict=True):
        TariffBand.objects.create(version=version, label=label, quotient_from=quotient, price=Decimal(price))
    return tariff


def _effort(name, *, rate, floor, ceiling, per_hour=False):
    tariff = Tariff.objects.create(name=name, per_hour=per_hour)
    version = TariffVersion.objects.create(
        tariff=tariff,
        valid_from=first_day(),
        method=PriceMethod.EFFORT_RATE,
        rate=Decimal(rate),
        floor=Decimal(floor),
        ceiling=Decimal(ceiling),
        outside_surcharge=Decimal("20"),
    )
    SiblingReduction.objects.create(version=version, rank=2, percent=Decimal("10"))
    SiblingReduction.objects.create(version=version, rank=3, percent=Decimal("20"))
    return tariff


def _year(activity, by):
    wednesdays = activity.name == WEDNESDAYS
    nursery = activity.kind == ActivityKind.NURSERY
    period = BookingPeriod.objects.create(
        activity=activity,
        name=f"Année scolaire {school_year()}-{school_year() + 1}",
        starts_on=first_day(),
        ends_on=last_day(),
        days_kind=DaysKind.ALL if nursery else DaysKind.SCHOOL_DAYS,
        weekdays=[2] if wednesdays else [0, 1, 2, 3, 4] if nursery else [0, 1, 3, 4],
    )
    _window(period, date(school_year(), 8, 20), Audience.EVERYONE)
    generate(by=by, period=period)


def _window(period, opens_on, audience):
    BookingWindow.objects.create(
        period=period,
        audience=audience,
        opens_at=_at(opens_on, 9),
        closes_at=_at(period.ends_on, 23),
    )


def _at(day, hour):
    return datetime.combine(day, time(hour), tzinfo=timezone.get_default_timezone())
