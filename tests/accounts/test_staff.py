"""Staff accounts: their groups, their screens, and what an administrator may do to them."""

from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.utils import timezone
from wagtail.models import Collection, GroupApprovalTask, ModelLogEntry, Page
from wagtail.permissions import policy_registry

from accounts.enums import MailState
from accounts.models import Membership, OneTimeLink, OutgoingMail, User
from accounts.rights import GROUPS, grant_rights
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
# What a migration hands over, as far as rights go: SQLite opens no real one inside a test's transaction.
EDITOR = SimpleNamespace(connection=connection)


def group_ids(*names):
    return list(Group.objects.filter(name__in=names).values_list("pk", flat=True))


# Rights by migration


def test_the_groups_exist_and_enter_the_back_office():
    assert set(Group.objects.values_list("name", flat=True)) == set(GROUPS)
    for group in Group.objects.all():
        assert group.permissions.filter(content_type__app_label="wagtailadmin", codename="access_admin").exists()


def test_only_the_administrator_has_rights_on_users():
    on_users = Permission.objects.filter(
        content_type__app_label__in=["accounts", "auth"], content_type__model__in=["user", "group", "permission"]
    )
    with_rights = Group.objects.filter(permissions__in=on_users).values_list("name", flat=True).distinct()
    assert list(with_rights) == ["Administrateur"]


def test_communication_edits_and_publishes_everywhere(staff):
    user = staff("Communication")
    root = Page.objects.get(depth=1)
    tester = root.permissions_for_user(user)
    assert tester.can_add_subpage() and tester.can_publish_subpage()
    from wagtail.documents import get_document_model
    from wagtail.images import get_image_model

    for model in (get_image_model(), get_document_model()):
        policy = policy_registry.get_by_type(model)
        assert policy.user_has_permission(user, "add") and policy.user_has_permission(user, "choose")
        assert Collection.get_first_root_node() in policy.collections_user_has_permission_for(user, "add")


@pytest.mark.parametrize("group", ["Gestionnaire de données", "Instructeur", "Responsable enfance", "Régisseur"])
def test_the_others_edit_no_page(staff, group):
    tester = Page.objects.get(depth=1).permissions_for_user(staff(group))
    assert not tester.can_add_subpage() and not tester.can_publish_subpage()


def test_rights_are_granted_before_django_knows_the_permission():
    Permission.objects.filter(codename="view_outgoingmail").delete()
    for _twice in range(2):
        grant_rights(apps, EDITOR, {"Régisseur": ["accounts.view_outgoingmail"], "Nouveau": ["accounts.add_profile"]})
    permission = Permission.objects.get(codename="view_outgoingmail")
    assert permission.name == "Can view courriel envoyé"
    assert Group.objects.get(name="Régisseur").permissions.filter(pk=permission.pk).count() == 1
    assert Group.objects.get(name="Nouveau").permissions.count() == 1


def test_custom_permissions_are_found_on_their_model():
    grant_rights(apps, EDITOR, {"Régisseur": ["billing.refund_payment"]})
    permission = Permission.objects.get(codename="refund_payment")
    assert permission.content_type.model == "payment"


def test_a_misspelt_right_stops_the_migration():
    with pytest.raises(LookupError, match="view_outgoingmial"):
        grant_rights(apps, EDITOR, {"Régisseur": ["accounts.view_outgoingmial"]})


def test_proofreading_is_for_those_who_publish():
    task = GroupApprovalTask.objects.get()
    assert task.name == "Relecture par la communication"
    assert set(task.groups.values_list("name", flat=True)) == {"Administrateur", "Communication"}


# The administrator's screens


def new_agent(client, **fields):
    values = {"email": "nouvelle@example.test", "first_name": "Inès", "last_name": "Roy", **fields}
    values.setdefault("groups", group_ids("Régisseur"))
    return client.post("/admin/users/new/", values)


def test_a_new_staff_member_is_invited_and_chooses_a_password(client, staff, run_queue):
    administrator = staff("Administrateur")
    page = client.get("/admin/users/new/").content.decode()
    assert "is_superuser" not in page and "password" not in page

    assert new_agent(client, email="Nouvelle@Example.test", is_superuser="on").status_code == 302

    user = User.objects.get(email="nouvelle@example.test")
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (True, False, False)
    assert [group.name for group in user.groups.all()] == ["Régisseur"]
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("accounts/invitation", user.email)
    assert ModelLogEntry.objects.get(action="accounts.staff.invite").user == administrator
    link = mail.text.split("http://localhost:8000")[1].split()[0]
    client.logout()
    long = "Seize-caracteres-ou-plus"
    short = "Treize-lettre"
    assert "au moins 16" in client.post(link, {"new_password1": short, "new_password2": short}).content.decode()
    assert client.post(link, {"new_password1": long, "new_password2": long}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(long)


def test_a_resident_becomes_staff_with_the_same_account(client, staff, alice):
    staff("Administrateur")
    assert new_agent(client, email="ALICE@example.test", first_name="Alice", last_name="Roy").status_code == 302
    alice.refresh_from_db()
    assert alice.is_staff and User.objects.filter(email=alice.email).count() == 1
    assert not alice.has_usable_password(), "a resident's password may be too short for staff"
    assert Membership.objects.active().filter(user=alice).exists()


def test_an_address_that_is_staff_already_is_refused(client, staff):
    other = UserFactory(is_staff=True, email="agent@example.test")
    staff("Administrateur")
    response = new_agent(client, email="Agent@example.test")
    assert "Un compte existe déjà avec ce courriel." in response.content.decode()
    assert User.objects.filter(email=other.email).count() == 1


def test_the_list_shows_staff_only(client, staff, alice):
    agent = UserFactory(is_staff=True, first_name="Gaspard")
    staff("Administrateur")
    page = client.get("/admin/users/").content.decode()
    assert "Gaspard" in page and agent.email in page
    assert alice.email not in page
    assert alice.email not in client.get("/admin/users/?q=alice").content.decode()


def test_the_list_costs_the_same_with_three_agents(client, staff, sql_count):
    staff("Administrateur")
    one = sql_count(lambda: client.get("/admin/users/"))
    for _agent in range(3):
        UserFactory(is_staff=True).groups.set(Group.objects.all())
    assert sql_count(lambda: client.get("/admin/users/")) == one


@pytest.mark.parametrize("path", ["edit/{}/", "delete/{}/", "history/{}/"])
def test_an_administrator_reaches_no_residents_account(client, staff, alice, path):
    staff("Administrateur")
    url = "/admin/users/" + path.format(alice.pk)
    for response in (client.get(url), client.post(url, {"email": "evil@example.test"})):
        assert response.status_code in (404, 405)
    alice.refresh_from_db()
    assert alice.email == "alice@example.test"


def test_an_administrator_does_not_touch_a_superuser(client, staff):
    superuser = UserFactory(is_staff=True, is_superuser=True)
    staff("Administrateur")
    client.post(f"/admin/users/edit/{superuser.pk}/", {"email": "e@example.test", "first_name": "x", "last_name": "y"})
    superuser.refresh_from_db()
    assert superuser.email != "e@example.test"


def test_a_change_of_address_is_told_to_the_former_one(client, staff):
    agent = UserFactory(is_staff=True, email="avant@example.test")
    OneTimeLink.objects.create(purpose="password", email=agent.email, user=agent, digest="x", expires_at=timezone.now())
    staff("Administrateur")
    fields = {"first_name": "Anne", "last_name": "Roy", "is_active": "on", "groups": group_ids("Instructeur")}
    assert client.post(f"/admin/users/edit/{agent.pk}/", {"email": "Apres@example.test", **fields}).status_code == 302
    agent.refresh_from_db()
    assert agent.email == "apres@example.test" and agent.check_password(PASSWORD)
    assert OutgoingMail.objects.get().to == "avant@example.test"
    assert not OneTimeLink.objects.exists()
    assert client.post(f"/admin/users/edit/{agent.pk}/", {"email": agent.email, **fields}).status_code == 302
    assert OutgoingMail.objects.count() == 1


def test_an_administrator_cannot_shut_themselves_out(client, staff):
    administrator = staff("Administrateur")
    page = client.get(f"/admin/users/edit/{administrator.pk}/").content.decode()
    assert 'name="is_active"' not in page and 'name="groups"' not in page
    fields = {"email": administrator.email, "first_name": "A", "last_name": "B", "groups": group_ids("Régisseur")}
    client.post(f"/admin/users/edit/{administrator.pk}/", fields)
    administrator.refresh_from_db()
    assert administrator.is_active and administrator.groups.get().name == "Administrateur"


@pytest.mark.parametrize("action", ["delete", "assign_role", "set_active_state"])
def test_bulk_actions_touch_nobody(client, staff, alice, action):
    staff("Administrateur")
    fields = {"mark_as_active": "False", "role": group_ids("Administrateur")[0]}
    client.post(f"/admin/bulk/accounts/user/{action}/?id={alice.pk}", fields)
    alice.refresh_from_db()
    assert alice.is_active and not alice.groups.exists()


@pytest.mark.parametrize("group", [group for group in GROUPS if group != "Administrateur"])
@pytest.mark.parametrize("path", ["users/", "users/new/", "groups/", "accounts/outgoingmail/"])
def test_the_other_roles_see_no_accounts_and_no_mails(client, staff, group, path):
    staff(group)
    response = client.get(f"/admin/{path}")
    assert response.status_code in (302, 403)


def test_the_register_of_mails_is_read_only_and_without_texts(client, staff):
    mail = OutgoingMail.objects.create(
        kind="x", to="zoe@example.test", subject="Objet visible", text="secret-link", state=MailState.SENT
    )
    staff("Administrateur")
    listed = client.get("/admin/accounts/outgoingmail/").content.decode()
    inspected = client.get(f"/admin/accounts/outgoingmail/inspect/{mail.pk}/").content.decode()
    assert "Objet visible" in listed and "zoe@example.test" in inspected
    assert "secret-link" not in listed + inspected
    for path in ("create/", f"edit/{mail.pk}/", f"delete/{mail.pk}/"):
        response = client.post(f"/admin/accounts/outgoingmail/{path}", {"subject": "x"})
        assert response.status_code in (302, 403, 404)
    mail.refresh_from_db()
    assert mail.subject == "Objet visible"


def test_the_administrator_sees_what_each_group_may_do(client, staff):
    staff("Administrateur")
    assert client.get("/admin/groups/").status_code == 200
    group = Group.objects.get(name="Communication")
    page = client.get(f"/admin/groups/edit/{group.pk}/")
    assert page.status_code == 200
    held = set(group.page_permissions.values_list("permission__codename", flat=True))
    assert held == set(Page.permission_codenames)
    assert client.post("/admin/groups/new/", {"name": "Passe-partout"}).status_code == 302
    assert not Group.objects.filter(name="Passe-partout").exists()


# Menus


def menu_of(client, user):
    from django.test import RequestFactory
    from wagtail.admin.menu import admin_menu

    request = RequestFactory().get("/admin/")
    request.user = user
    return {item.name for item in admin_menu.menu_items_for_request(request)}


def test_menus_follow_the_role(client, staff):
    administrator = menu_of(client, staff("Administrateur"))
    assert {"explorer", "images", "documents", "reports", "settings"} <= administrator
    communication = menu_of(client, staff("Communication"))
    assert {"explorer", "images", "documents", "reports"} <= communication
    for group in ("Gestionnaire de données", "Régisseur", "Instructeur", "Responsable enfance"):
        assert not {"explorer", "images", "documents", "reports", "help"} & menu_of(client, staff(group))
    assert "help" not in administrator | communication


@pytest.mark.parametrize("group", GROUPS)
def test_every_role_has_a_home(client, staff, group):
    staff(group)
    assert client.get("/admin/").status_code == 200
    assert "Vérification en deux étapes" in client.get("/admin/account/").content.decode()
