"""The waiting list: who is offered a freed place, for how long, and who comes next."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from wagtail.models import ModelLogEntry

from accounts.enums import ChildState, SchoolLevel
from accounts.models import Child, Notification, OutgoingMail
from billing.models import Charge
from booking import tasks
from booking.enums import DayState, EnrolmentState, Outcome, ReservationState, UnitKind
from booking.models import Activity, Closure, ReservationDay, Session
from booking.services import waiting
from tests.booking.households import MONDAY, NOW, PARIS, Household, fresh, sessions_of, states
from tests.factories.booking import (
    ActivityFactory,
    BookingPeriodFactory,
    DeadlineFactory,
    EnrolmentFactory,
    GroupFactory,
    SessionFactory,
    UnitFactory,
)
from tests.factories.families import ChildFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def queue():
    """A session of one place: `queue.first` has it, `second` and `third` wait for it."""

    class Queue:
        [session] = sessions_of(capacity=1, offer_hours=24)
        first, second, third = Household("Mia"), Household("Tom"), Household("Zoé")

        def __init__(self):
            self.booked, self.second_waits, self.third_waits = (
                family.book(self.session) for family in (self.first, self.second, self.third)
            )

        def free(self):
            self.first.cancel(self.session)

        def states(self):
            return [states(self.second_waits)[0], states(self.third_waits)[0]]

        @property
        def offered(self):
            return ReservationDay.objects.get(state=DayState.OFFERED)

    return Queue()


def test_a_freed_place_is_offered_to_the_first_for_a_set_time(queue):
    queue.free()
    assert queue.states() == ["offered", "waiting"]
    assert queue.offered.offered_until == NOW + timedelta(hours=24)
    queue.second_waits.refresh_from_db()
    assert queue.second_waits.state == ReservationState.OFFERED
    mail = OutgoingMail.objects.get(kind="booking/place_offered")
    assert mail.to == queue.second.user.email
    assert mail.subject == "Une place s’est libérée pour Tom : à confirmer"
    assert "mercredi 2 décembre 2026 à 12" in mail.text.replace("\xa0", " ")
    assert ModelLogEntry.objects.filter(action="booking.day.offer").exists()
    news = Notification.objects.get()
    assert (news.user, news.title.replace("\xa0", " ")) == (queue.second.user, "Tom : une place vous est proposée")
    assert news.text.replace("\xa0", " ").startswith("Répondez avant le mercredi 2 décembre 2026 à 12")
    assert news.url == f"/mon-compte/reservations/{queue.second_waits.public_id}/"


def test_the_offer_accepted_is_booked_and_charged(queue):
    queue.free()
    day = waiting.accept_offer(by=queue.second.user, profile=queue.second.profile, day_id=queue.offered.pk)
    assert (day.state, day.offered_until) == (DayState.ACCEPTED, None)
    assert fresh(queue.session).taken == 1
    assert Charge.objects.filter(profile=queue.second.profile).count() == 1
    queue.second_waits.refresh_from_db()
    assert queue.second_waits.state == ReservationState.ACCEPTED
    again = waiting.accept_offer(by=queue.second.user, profile=queue.second.profile, day_id=day.pk)
    assert again == day
    assert OutgoingMail.objects.filter(kind="booking/offer_accepted").count() == 1


def test_the_offer_declined_goes_to_the_next(queue):
    queue.free()
    waiting.decline_offer(by=queue.second.user, profile=queue.second.profile, day_id=queue.offered.pk)
    assert queue.states() == ["cancelled", "offered"]
    assert fresh(queue.session).taken == 1


def test_the_offer_cancelled_on_the_planning_goes_to_the_next(queue):
    queue.free()
    queue.second.cancel(queue.session)
    assert queue.states() == ["cancelled", "offered"]


def test_the_offer_that_nobody_answers_goes_to_the_next(queue, clock):
    queue.free()
    clock.set(NOW + timedelta(hours=24) - timedelta(seconds=1))
    tasks.expire_offers()
    assert queue.states() == ["offered", "waiting"]
    clock.set(NOW + timedelta(hours=24))
    tasks.expire_offers()
    assert queue.states() == ["expired", "offered"]
    assert queue.offered.offered_until == NOW + timedelta(hours=48)
    assert OutgoingMail.objects.get(kind="booking/offer_expired").to == queue.second.user.email
    tasks.expire_offers()
    assert queue.states() == ["expired", "offered"]
    clock.set(NOW + timedelta(hours=48))
    tasks.expire_offers()
    assert queue.states() == ["expired", "expired"]
    assert fresh(queue.session).taken == 0


def test_an_offer_that_is_over_is_not_accepted_even_before_the_clock_takes_it_back(queue, clock):
    queue.free()
    clock.set(NOW + timedelta(hours=24))
    with pytest.raises(ValidationError, match="plus proposée"):
        waiting.accept_offer(by=queue.second.user, profile=queue.second.profile, day_id=queue.offered.pk)


def test_who_missed_an_offer_may_ask_again(queue, clock):
    queue.free()
    clock.set(NOW + timedelta(hours=24))
    tasks.expire_offers()
    assert states(queue.second.book(queue.session)) == ["waiting"]


def test_to_leave_the_list_passes_over(queue):
    day = queue.second_waits.days.get()
    waiting.leave(by=queue.second.user, profile=queue.second.profile, day_id=day.pk)
    queue.free()
    assert queue.states() == ["cancelled", "offered"]
    with pytest.raises(ValidationError, match="plus sur la liste"):
        waiting.leave(by=queue.first.user, profile=queue.first.profile, day_id=_accepted(queue).pk)


def _accepted(queue):
    day = queue.booked.days.get()
    ReservationDay.objects.filter(pk=day.pk).update(state=DayState.REFUSED)
    return day


@pytest.mark.parametrize("act", [waiting.accept_offer, waiting.decline_offer, waiting.leave])
def test_another_family_s_offer_is_not_theirs(queue, act):
    queue.free()
    with pytest.raises(ReservationDay.DoesNotExist):
        act(by=queue.third.user, profile=queue.third.profile, day_id=queue.offered.pk)
    with pytest.raises(PermissionDenied):
        act(by=queue.third.user, profile=queue.second.profile, day_id=queue.offered.pk)


def test_a_day_that_only_waits_is_not_taken(queue):
    with pytest.raises(ValidationError, match="plus proposée"):
        waiting.accept_offer(
            by=queue.second.user, profile=queue.second.profile, day_id=queue.second_waits.days.get().pk
        )


def test_a_child_whose_file_is_archived_is_passed_over(queue):
    queue.second.child.state = ChildState.ARCHIVED
    queue.second.child.save()
    queue.free()
    assert queue.states() == ["waiting", "offered"]


def _leaves(family, on):
    family.child.guardianships.update(ended_on=on)


def _changes_school_level(family, _on):
    family.child.school_level = SchoolLevel.CM2
    family.child.save()


@pytest.mark.parametrize("change", [_leaves, _changes_school_level])
def test_a_child_who_may_not_be_booked_any_more_is_passed_over(queue, change):
    group = GroupFactory(activity=queue.session.period.activity, to_level=SchoolLevel.CE2)
    Session.objects.update(group=group)
    change(queue.second, MONDAY - timedelta(days=1))
    queue.free()
    assert queue.states() == ["waiting", "offered"]


def test_a_child_whose_enrolment_has_ended_is_passed_over(queue):
    activity = queue.session.period.activity
    for family, state in ((queue.second, EnrolmentState.ENDED), (queue.third, EnrolmentState.ACCEPTED)):
        EnrolmentFactory(child=family.child, profile=family.profile, activity=activity, state=state)
    Activity.objects.update(needs_enrolment=True)
    queue.free()
    assert queue.states() == ["waiting", "offered"]


def test_no_place_is_offered_on_a_date_closed_since(queue):
    facility = queue.session.period.activity.facility
    Closure.objects.create(facility=facility, starts_on=MONDAY, ends_on=MONDAY, reason="Pont")
    queue.free()
    assert queue.states() == ["waiting", "waiting"]


def test_an_offer_is_not_accepted_for_a_child_who_has_left_the_household(queue):
    queue.free()
    _leaves(queue.second, MONDAY - timedelta(days=1))
    with pytest.raises(ValidationError, match="garde dans votre foyer"):
        waiting.accept_offer(by=queue.second.user, profile=queue.second.profile, day_id=queue.offered.pk)
    assert Charge.objects.filter(profile=queue.second.profile).count() == 0


def test_an_offer_ends_with_the_booking_deadline(queue, clock):
    DeadlineFactory(activity=queue.session.period.activity, outcome=Outcome.ON_REQUEST, count=1, at_time=time(12))
    clock.set(datetime(2027, 1, 10, 9, tzinfo=PARIS))
    queue.free()
    assert queue.offered.offered_until == datetime(2027, 1, 10, 12, tzinfo=PARIS)


def test_past_the_booking_deadline_nobody_is_offered_anything_and_they_are_told(queue, clock):
    DeadlineFactory(activity=queue.session.period.activity, outcome=Outcome.AT_ONCE, count=1, at_time=time(12))
    clock.set(datetime(2027, 1, 10, 12, 30, tzinfo=PARIS))
    queue.free()
    assert queue.states() == ["waiting", "waiting"]
    assert fresh(queue.session).taken == 0
    tasks.close_lists()
    tasks.close_lists()
    assert queue.states() == ["refused", "refused"]
    queue.second_waits.refresh_from_db()
    assert queue.second_waits.state == ReservationState.REFUSED
    mails = OutgoingMail.objects.filter(kind="booking/nothing_freed")
    assert [mail.to for mail in mails.order_by("pk")] == [queue.second.user.email, queue.third.user.email]


def test_lists_still_open_are_not_closed(queue):
    tasks.close_lists()
    assert queue.states() == ["waiting", "waiting"]


def test_more_places_go_to_those_who_wait(queue):
    Session.objects.filter(pk=queue.session.pk).update(capacity=2)
    assert [day.child.first_name for day in waiting.offer_freed([queue.session])] == ["Tom"]
    assert queue.states() == ["offered", "waiting"]


def test_a_place_freed_without_a_word_still_goes_to_those_who_wait_first(queue):
    Session.objects.filter(pk=queue.session.pk).update(capacity=2)
    assert states(Household().book(queue.session)) == ["waiting"]
    assert queue.states() == ["offered", "waiting"]


def test_siblings_who_wait_together_are_passed_over_until_there_is_room_for_all():
    family, others = Household("Mia", "Tom"), [Household(), Household()]
    [session] = sessions_of(capacity=2)
    for other in others:
        other.book(session)
    together = family.book_together({child: [session] for child in family.children})
    alone = Household("Zoé").book(session)
    others[0].cancel(session)
    assert [states(one)[0] for one in (*together, alone)] == ["waiting", "waiting", "offered"]
    others[1].cancel(session)
    assert [states(one)[0] for one in (*together, alone)] == ["waiting", "waiting", "offered"]
    Session.objects.filter(pk=session.pk).update(capacity=3)
    waiting.offer_freed([session])
    assert [states(one)[0] for one in (*together, alone)] == ["offered", "offered", "offered"]
    assert fresh(session).taken == 3


def test_siblings_in_two_groups_are_offered_their_places_at_the_same_time():
    family, other = Household("Mia"), Household()
    family.children.append(ChildFactory(first_name="Léo", profile=family.profile, birth_date=datetime(2023, 5, 1)))
    activity = ActivityFactory()
    period = BookingPeriodFactory(activity=activity)
    unit = UnitFactory(activity=activity)
    big, small = GroupFactory(activity=activity, min_age=6), GroupFactory(activity=activity, max_age=5)
    theirs = SessionFactory(period=period, unit=unit, group=big, capacity=1)
    little = SessionFactory(period=period, unit=unit, group=small, capacity=1)
    other.book(theirs)
    made = family.book_together({family.children[0]: [theirs], family.children[1]: [little]})
    assert [states(one) for one in made] == [["waiting"], ["waiting"]]
    other.cancel(theirs)
    assert [states(one) for one in made] == [["offered"], ["offered"]]


class TwoGroups:
    """Two groups of one unit, each with a session of one place, that `other` has: Léo is little, Mia is big."""

    def __init__(self):
        activity = ActivityFactory()
        period, unit = BookingPeriodFactory(activity=activity), UnitFactory(activity=activity)
        groups = [GroupFactory(activity=activity, max_age=5), GroupFactory(activity=activity, min_age=6)]
        self.little, self.big = (SessionFactory(period=period, unit=unit, group=group, capacity=1) for group in groups)
        self.others = [self.family("Zoé", little=True), self.family("Tom")]
        for other, session in zip(self.others, (self.little, self.big), strict=True):
            other.book(session)

    @staticmethod
    def family(*names, little=False):
        """A household whose last child is little, if told so."""
        family = Household(*names)
        if little:
            Child.objects.filter(pk=family.children[-1].pk).update(birth_date=date(2023, 5, 1))
            family.children[-1].refresh_from_db()
        return family

    def siblings(self):
        """Mia and Léo, who wait together."""
        family = self.family("Mia", "Léo", little=True)
        return family.book_together({family.children[0]: [self.big], family.children[1]: [self.little]})

    def free(self, session):
        """Both places, or one, without a word to those who wait."""
        Session.objects.filter(pk=session.pk).update(capacity=2)


@pytest.mark.parametrize("ahead", ["little", "big"])
def test_siblings_in_two_groups_don_t_go_before_who_is_ahead_in_one_of_them(ahead):
    groups = TwoGroups()

    def alone(where):
        return groups.family("Ana", little=where == "little").book(getattr(groups, where))

    first = alone(ahead)
    together = groups.siblings()
    behind = alone("big" if ahead == "little" else "little")
    for session in (groups.big, groups.little):
        groups.free(session)
    waiting.offer_freed([groups.big])
    # No place is left for both siblings once Ana has hers: the other one goes to who comes next.
    assert [states(one) for one in (first, *together, behind)] == [["offered"], ["waiting"], ["waiting"], ["offered"]]


def test_siblings_in_two_groups_have_their_turn_when_they_are_first_in_both():
    groups = TwoGroups()
    together = groups.siblings()
    behind = [groups.family("Ana", little=True).book(groups.little), groups.family("Eve").book(groups.big)]
    for session in (groups.big, groups.little):
        groups.free(session)
    waiting.offer_freed([groups.little])
    assert [states(one) for one in (*together, *behind)] == [["offered"], ["offered"], ["waiting"], ["waiting"]]


def test_of_siblings_ahead_of_each_other_in_one_group_each_who_asked_first_goes_first():
    groups = TwoGroups()
    first, second = groups.siblings(), groups.siblings()
    # An agent put Mia of the first family back at the end of her list.
    ReservationDay.objects.filter(reservation=first[0]).update(rank=9)
    for session in (groups.big, groups.little):
        groups.free(session)
    waiting.offer_freed([groups.little])
    assert [states(one) for one in (*first, *second)] == [["offered"], ["offered"], ["waiting"], ["waiting"]]


def test_siblings_don_t_wait_for_one_who_may_not_come_any_more():
    family, other = Household("Mia", "Tom"), Household()
    [session] = sessions_of(capacity=1)
    other.book(session)
    together = family.book_together({child: [session] for child in family.children})
    Child.objects.filter(pk=family.children[0].pk).update(state=ChildState.ARCHIVED)
    other.cancel(session)
    assert [states(one) for one in together] == [["waiting"], ["offered"]]


def test_the_audit_log_says_until_when_each_place_is_kept(queue, clock):
    DeadlineFactory(activity=queue.session.period.activity, outcome=Outcome.AT_ONCE, count=1, at_time=time(12))
    [later] = sessions_of(
        capacity=1, period=queue.session.period, unit=queue.session.unit, start=MONDAY + timedelta(days=1)
    )
    queue.first.book(later)
    queue.second.book(later)
    Session.objects.update(capacity=2)
    clock.set(datetime(2027, 1, 9, 18, tzinfo=PARIS))
    offered = waiting.offer_freed([queue.session, later])
    logged = ModelLogEntry.objects.filter(action="booking.day.offer").order_by("pk")
    assert [entry.data["until"] for entry in logged] == [str(day.offered_until) for day in offered]
    assert len({day.offered_until for day in offered}) == 2


def test_s4_11_hours_that_don_t_fit_are_passed_over():
    activity = ActivityFactory(kind="nursery")
    unit = UnitFactory(activity=activity, kind=UnitKind.HOURS, starts_at=time(8), ends_at=time(18))
    [session] = sessions_of(capacity=1, unit=unit, period=BookingPeriodFactory(activity=activity))
    morning, afternoon = Household(), Household()
    morning.book(session, hours=(time(8), time(12)))
    afternoon.book(session, hours=(time(12), time(17)))
    whole_day = Household().book(session, hours=(time(8), time(17)))
    short = Household().book(session, hours=(time(9), time(11)))
    morning.cancel(session)
    assert (states(whole_day), states(short)) == (["waiting"], ["offered"])
    afternoon.cancel(session)
    assert (states(whole_day), fresh(session).taken) == (["waiting"], 1)


def test_freed_places_of_many_days_are_offered_at_once(queue):
    sessions = sessions_of(5, capacity=1, start=MONDAY + timedelta(weeks=1))
    queue.first.book(*sessions)
    queue.second.book(*sessions)
    OutgoingMail.objects.all().delete()
    queue.first.cancel(*sessions)
    assert ReservationDay.objects.filter(state=DayState.OFFERED).count() == 5
    assert OutgoingMail.objects.filter(kind="booking/place_offered").count() == 1
