"""Who may open what of a case. What stands under its address is one table (`procedures.filing.routes.TABLE`) for every
seat: a member of its profile, who proved it theirs without an account, the agent who types it. And the agents' desk."""

import uuid

import pytest
from django.core.files.base import ContentFile
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.services import end_membership
from documents.enums import ScanState
from documents.models import StoredFile
from procedures.enums import Access, AppointmentState, CaseState, Channel
from procedures.filing import grants, routes
from procedures.models import Appointment, CaseDocument, CaseFile

from .factories.accounts import MembershipFactory
from .factories.cases import (
    AppointmentKindFactory,
    CaseFactory,
    DepartmentFactory,
    LetterTemplateFactory,
    OnlineProcedureFactory,
)
from .test_access import space  # noqa: F401

pytestmark = pytest.mark.django_db
NAMES = [pattern.name for pattern in routes.TABLE]
AGENT = "Instructeur"
# Of a filed case: what a GET gets who may. A form that was filed is read, not filled in; acts are posted.
MEMBER = {
    "case": 200,
    "form": 302,
    "step": 302,
    "autosave": 405,
    "summary": 302,
    "delete": 302,
    "filed": 200,
    "receipt": 200,
    "file": 200,
    "message": 302,  # back to the case
    "read": 405,
    "withdraw": 200,
    "copy": 200,
    "document": 200,
    "cancel_appointment": 200,
    "ics": 200,
    "refile": 405,
}


@pytest.fixture(autouse=True)
def private_root(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path


def a_file(profile):
    return StoredFile.objects.create(
        profile=profile,
        name="photo.pdf",
        content_type="application/pdf",
        size=9,
        sha256="0" * 64,
        scan=ScanState.CLEAN,
        filed_at=timezone.now(),
        file=ContentFile(b"%PDF-1.7\n", name="photo.pdf"),
    )


def a_case(**fields):
    """A filed case with all that may hang on one."""
    case = CaseFactory(page=OnlineProcedureFactory(access=Access.ANYONE), **fields)
    case.receipt = a_file(case.profile)
    case.save()
    file = CaseFile.objects.create(case=case, file=a_file(case.profile)).file
    case.answers = {**case.answers, "photo": [str(file.public_id)]}
    case.save()
    CaseDocument.objects.create(case=case, title="Courrier", file=a_file(case.profile))
    starts_at = timezone.now() + timezone.timedelta(days=3)
    Appointment.objects.create(
        kind=AppointmentKindFactory(),
        case=case,
        field="creneau",
        starts_at=starts_at,
        ends_at=starts_at + timezone.timedelta(minutes=30),
        state=AppointmentState.BOOKED,
    )
    return case


def parts_of(case):
    """What stands under the address of `case`: {name: rest of the address}."""
    arguments = {
        "step": ["votre-demande"],
        "autosave": ["votre-demande"],
        "file": [case.files.get().public_id],
        "document": [case.documents.get().file.public_id],
        "cancel_appointment": [case.appointments.get().pk],
        "ics": [case.appointments.get().pk],
    }
    return {name: routes.path_of(name, *arguments.get(name, [])) for name in NAMES}


def answers(client, root, case, method="get"):
    return {name: getattr(client, method)(f"{root}{rest}").status_code for name, rest in parts_of(case).items()}


# A member of the profile ------------------------------------------------------------------------------------------


@pytest.fixture
def root(space):  # noqa: F811
    """Return `root(case)`: the address of a case in the space."""
    return lambda case: f"{space['CasesPage'].url}{case.public_id}/"


def test_a_member_opens_each_screen_of_a_case(root, alice, bob, login):
    case = a_case(profile=alice.profiles.get())
    for person in (alice, bob):
        assert answers(login(person), root(case), case) == MEMBER


def test_of_another_s_case_every_screen_is_a_404(root, alice, charlie, login):
    case = a_case(profile=alice.profiles.get())
    client = login(charlie)
    for method in ("get", "post"):
        assert answers(client, root(case), case, method) == dict.fromkeys(NAMES, 404)


def test_a_former_member_loses_the_case_at_once(root, alice, bob, login):
    case = a_case(profile=alice.profiles.get())
    client = login(bob)
    assert client.get(root(case)).status_code == 200
    MembershipFactory(user=bob)
    end_membership(by=alice, membership=bob.memberships.get(profile=alice.profiles.get()))
    assert answers(client, root(case), case) == dict.fromkeys(NAMES, 404)


def test_a_file_or_a_document_of_another_case_is_not_served_under_one_s_own(root, alice, charlie, login):
    mine, other = a_case(profile=alice.profiles.get()), a_case(profile=charlie.profiles.get())
    client = login(alice)
    foreign = parts_of(other)
    for name in ("file", "document", "cancel_appointment", "ics"):
        assert client.get(f"{root(mine)}{foreign[name]}").status_code == 404, name


def test_a_visitor_is_sent_to_the_login(root, alice, client):
    case = a_case(profile=alice.profiles.get())
    for name, rest in parts_of(case).items():
        answer = client.get(f"{root(case)}{rest}")
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(reverse("accounts:login")), name


# Without an account -----------------------------------------------------------------------------------------------


def without_account(case):
    return reverse("procedures:case", args=[case.public_id])


def test_who_proved_a_case_theirs_opens_it_and_nobody_else(client, alice, login):
    case, other = a_case(profile=None), a_case(profile=None)
    session = client.session
    session[grants.GRANTS] = {str(case.public_id): (timezone.now() + grants.LIFETIME).isoformat()}
    session.save()
    assert answers(client, without_account(case), case) == {**MEMBER, "refile": 404}
    for method in ("get", "post"):
        assert answers(client, without_account(other), other, method) == dict.fromkeys(NAMES, 404)
    # Logging in as somebody gives no right to it.
    client.session.flush()
    assert answers(login(alice), without_account(case), case) == dict.fromkeys(NAMES, 404)


def test_a_member_s_case_is_never_open_without_its_account(client, alice):
    case = a_case(profile=alice.profiles.get())
    session = client.session
    session[grants.GRANTS] = {str(case.public_id): (timezone.now() + grants.LIFETIME).isoformat()}
    session.save()
    assert answers(client, without_account(case), case) == dict.fromkeys(NAMES, 404)


# The agents' desk -------------------------------------------------------------------------------------------------


def desk_of(case):
    """The addresses of the desk that name a case: {name: address}."""
    letter = LetterTemplateFactory()
    values = {
        "pk": case.pk,
        "public_id": case.files.get().public_id,
        "document": case.documents.get().pk,
        "status": case.version.statuses[-1].key,
        "template": letter.pk,
    }
    found = {}
    for name, possibilities in desk_names().items():
        wanted = possibilities.pattern.converters
        if "pk" in wanted and not name.startswith(("appointment", "export")):
            found[name] = reverse(f"cases:{name}", kwargs={key: values[key] for key in wanted})
    return found


def desk_names():
    """The addresses of the desk: {name: URLPattern}."""

    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern.name, pattern

    from procedures.desk import urls

    assert get_resolver().namespace_dict
    return dict(walk(urls.urlpatterns))


def test_a_caseworker_opens_the_cases_of_its_departments_and_no_other(staff, client):
    mine, other = a_case(), a_case()
    agent = staff(AGENT)
    mine.department.members.add(agent)
    opened = {name: client.get(address).status_code for name, address in desk_of(mine).items()}
    assert {name: code for name, code in opened.items() if code not in (200, 302, 405)} == {}
    assert {name for name, code in opened.items() if code == 200} >= {"case", "file", "document", "correct", "letter"}
    for method in (client.get, client.post):
        closed = {name: method(address).status_code for name, address in desk_of(other).items()}
        assert set(closed.values()) <= {404, 405}, closed
    assert other.messages.count() == other.events.count() == 0


def test_the_administrator_opens_the_cases_of_every_department(staff, client):
    case = a_case()
    staff("Administrateur")
    assert client.get(reverse("cases:case", args=[case.pk])).status_code == 200


def test_what_an_agent_types_is_not_another_agent_s(staff, client):
    page = OnlineProcedureFactory(access=Access.ANYONE)
    typed_by, other = staff(AGENT), None
    draft = CaseFactory(
        page=page, state=CaseState.DRAFT, profile=None, channel=Channel.DESK, entered_by=typed_by, department=None
    )
    address = reverse("cases:filing_for_part", args=[draft.public_id, "formulaire/etape/votre-demande/"])
    assert client.get(address).status_code == 200
    other = staff(AGENT)
    assert other != typed_by
    for method in (client.get, client.post):
        assert method(address).status_code == 404
    assert client.get(reverse("cases:filing_for_case", args=[uuid.uuid4()])).status_code == 404


def test_appointments_of_another_department_are_a_404(staff, client):
    case = a_case()
    appointment = case.appointments.get()
    agent = staff(AGENT)
    DepartmentFactory(members=[agent])
    for name in ("appointment", "appointment_cancel"):
        address = reverse(f"cases:{name}", args=[appointment.pk])
        assert client.post(address, {"act": "kept"}).status_code == 404, name
    appointment.refresh_from_db()
    assert appointment.state == AppointmentState.BOOKED
