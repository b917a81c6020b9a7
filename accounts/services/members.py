"""What residents do with their account. Each verb is one transaction: right → lock → check → write → audit → notify."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from .. import links
from ..enums import LinkPurpose, ProfileKind, Role
from ..locks import lock_profile
from ..mail import absolute_url, send_mail
from ..models import FamilyFile, Membership, Profile, User
from ..perms import can_manage
from ..rules import normalise_phone

LINK_DEAD = gettext_lazy("Ce lien n’est plus valable. Demandez-en un nouveau.")


def request_account(*, email):
    """Ask for the mail that completes an account (s1.1). Says nothing of whether the address is known."""
    links.request_link(purpose=LinkPurpose.ACTIVATE, email=email)


def request_password(*, email):
    """Ask for the mail that lets one choose a password (s0.4, s2.1). Says nothing of whether the address is known."""
    links.request_link(purpose=LinkPurpose.PASSWORD, email=email)


@transaction.atomic
def register(*, token, first_name, last_name, password):
    """Create the account that the link of `token` allows, with the resident's own profile; returns the User.

    The caller has validated the password and seen the terms accepted. Raises ValidationError when the link is dead.
    """
    link = links.find(purpose=LinkPurpose.ACTIVATE, token=token, lock=True)
    if link is None or User.objects.filter(email=link.email).exists():
        raise ValidationError(LINK_DEAD)
    now = timezone.now()
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                link.email, password, first_name=first_name, last_name=last_name, terms_accepted_at=now
            )
    except IntegrityError as error:  # an administrator invited the same person a moment ago
        raise ValidationError(LINK_DEAD) from error
    link.used_at = now
    link.save(update_fields=["used_at"])
    create_profile(by=user, kind=ProfileKind.INDIVIDUAL, name=user.get_full_name())
    log(instance=user, action="accounts.register", user=user)
    return user


@transaction.atomic
def create_profile(*, by, kind, name, **fields):
    """Create a profile held by the user `by`; returns its Membership. A household gets its family file."""
    profile = Profile(kind=kind, name=name, **fields)
    profile.full_clean()
    profile.save()
    if kind == ProfileKind.HOUSEHOLD:
        FamilyFile.objects.create(profile=profile)
    return Membership.objects.create(user=by, profile=profile, role=Role.HOLDER)


@transaction.atomic
def choose_password(*, token, password):
    """Set the password of the account that the link of `token` belongs to, and end its sessions; returns the User.

    The caller has validated the password for that user. Raises ValidationError when the link is dead.
    """
    link = links.find(purpose=LinkPurpose.PASSWORD, token=token, lock=True)
    if link is None:
        raise ValidationError(LINK_DEAD)
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    return _set_password(User.objects.select_for_update().get(pk=link.user_id), password)


@transaction.atomic
def change_password(*, by, password, end_other_sessions=True):
    """Give the user `by` a new password (s3.5); returns the User.

    Ends every session when told to: the caller then keeps the current one with `update_session_auth_hash`.
    The caller has checked the current password and validated the new one.
    """
    user = User.objects.select_for_update().get(pk=by.pk)
    stamp = user.session_stamp
    return _set_password(user, password, stamp=None if end_other_sessions else stamp)


def _set_password(user, password, *, stamp=None):
    user.set_password(password)
    if stamp:
        user.session_stamp = stamp
    user.save(update_fields=["password", "session_stamp"])
    log(instance=user, action="accounts.password.change", user=user)
    notify(user=user, kind="accounts/password_changed", url=reverse("accounts:password_reset"))
    return user


@transaction.atomic
def invite_staff(*, by, save):
    """Save a new staff member with `save()` and mail them the link to their password; returns the User.

    `save` writes what the administrator's form holds. Raises PermissionDenied without the right to add users.
    """
    if not by.has_perm("accounts.add_user"):
        raise PermissionDenied
    user = save()
    links.invite(user=user)
    log(instance=user, action="accounts.staff.invite", user=by)
    return user


@transaction.atomic
def update_staff(*, by, user, save):
    """Save a staff member's page with `save()`; a change of address is told to the former one. Returns the User.

    Raises PermissionDenied without the right to change users.
    """
    if not by.has_perm("accounts.change_user"):
        raise PermissionDenied
    former = User.objects.select_for_update().get(pk=user.pk).email
    user = save()
    if user.email != former:
        links.drop(user=user)
        send_mail(kind="accounts/email_changed", to=former, context={"user": user, "at": timezone.now()})
    return user


@transaction.atomic
def change_login(*, user, email):
    """Make `email`, whose owner has confirmed it, the login of `user` (s3.4); the former address is told.

    Returns the User. Raises ValidationError for the address of another account. Open sessions go on.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    former, user.email = user.email, email
    if User.objects.filter(email=user.email).exclude(pk=user.pk).exists():
        raise ValidationError(_("Un compte existe déjà avec ce courriel."))
    user.clean_fields(exclude=["password"])
    user.save(update_fields=["email"])
    links.drop(user=user)
    log(instance=user, action="accounts.login.change", user=user)
    send_mail(
        kind="accounts/login_changed",
        to=former,
        context={"user": user, "at": timezone.now(), "action_url": absolute_url("/contact/")},
    )
    return user


def notify(*, user, kind, url, **context):
    """Mail `user` that something about the account's security changed, with the page to go to if it was not them."""
    send_mail(
        kind=kind,
        to=user.email,
        context={"user": user, "email": user.email, "at": timezone.now(), "action_url": absolute_url(url), **context},
    )


USER_FIELDS = ("first_name", "last_name")
PHONES = ("phone", "second_phone")
PROFILE_FIELDS = ("address", "address_complement", "postcode", "town", *PHONES)


@transaction.atomic
def update_personal_data(*, by, profile, values):
    """Write the personal data `values` (s0.8, s2.2): names on the user `by`, address and telephones on `profile`.

    Only the fields named in USER_FIELDS and PROFILE_FIELDS are read. Telephones get one spelling. Raises
    PermissionDenied for a user who may not change the profile, and for a household, whose file is moderated
    (`services.changes`); ValidationError (by field) for a value that can't be.
    """
    membership = Membership.objects.active().filter(user=by, profile=profile).first()
    mine = {name: values[name] for name in USER_FIELDS if name in values}
    ours = {name: _clean(name, values[name]) for name in PROFILE_FIELDS if name in values}
    moderated = profile.kind == ProfileKind.HOUSEHOLD
    if membership is None or (ours and (moderated or not can_manage(membership))):
        raise PermissionDenied
    user = User.objects.select_for_update().get(pk=by.pk)
    profile = lock_profile(profile.pk)
    changed = _assign(user, mine) + _assign(profile, ours)
    if profile.kind == ProfileKind.INDIVIDUAL and membership.role == Role.HOLDER and mine:
        changed += _assign(profile, {"name": user.get_full_name()})
    if not changed:
        return
    user.full_clean()
    user.save()
    profile.full_clean()
    profile.save()
    # The names of the fields, never their values: the audit log holds no personal data.
    log(instance=profile, action="accounts.personal_data.update", user=by, data={"fields": sorted(set(changed))})


def _clean(name, value):
    if name not in PHONES:
        return value
    try:
        return normalise_phone(value)
    except ValidationError as error:
        raise ValidationError({name: error}) from error


def _assign(instance, values):
    changed = [name for name, value in values.items() if getattr(instance, name) != value]
    for name in changed:
        setattr(instance, name, values[name])
    return changed


@transaction.atomic
def end_membership(*, by, membership):
    """End a membership, by its user or by a holder of the profile: at once, in open sessions too.

    Raises PermissionDenied for anyone else, ValidationError for the last holder: a profile always has one.
    """
    # The profile's row is the lock that two holders leaving at once meet on.
    lock_profile(membership.profile_id)
    membership = Membership.objects.select_related("profile").get(pk=membership.pk)
    mine = Membership.objects.active().filter(user=by, profile=membership.profile_id).first()
    if mine is None or (mine.pk != membership.pk and not can_manage(mine)):
        raise PermissionDenied
    if membership.ended_at is not None:
        return
    holders = Membership.objects.active().filter(profile=membership.profile_id, role__in=[Role.HOLDER, Role.CO_HOLDER])
    if can_manage(membership) and not holders.exclude(pk=membership.pk).exists():
        raise ValidationError(_("Vous êtes la seule personne titulaire de ce profil : vous ne pouvez pas le quitter."))
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    log(instance=membership.profile, action="accounts.membership.end", user=by, data={"membership": membership.pk})
