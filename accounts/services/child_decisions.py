"""What the services decide of a child: known or not, already known, archived."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from .. import perms
from ..enums import ChildState
from ..mail import absolute_url
from ..models import Child, Guardianship
from ..signals import child_merged
from .notifications import tell


@transaction.atomic
def decide_child(*, by, child, accept, reason=""):
    """Accept a child that a household added, or refuse it with a `reason` that the parents will read (s3.2). Returns
    the Child.

    Raises PermissionDenied without the right, ValidationError without a reason for a refusal, or when it was decided.
    """
    reason = reason.strip()
    if not accept and not reason:
        raise ValidationError(_("Dites pourquoi l’ajout est refusé : la famille lira cette phrase."))
    child = _locked(by, child, ChildState.PENDING, _("Une décision a déjà été prise pour cet enfant."))
    child.state = ChildState.ACTIVE if accept else ChildState.REFUSED
    child.refused_reason = "" if accept else reason
    child.save(update_fields=["state", "refused_reason"])
    # A refused file is sent again and decided again: each decision is one piece of news.
    entry = log(instance=child, action="accounts.child.accept" if accept else "accounts.child.refuse", user=by)
    for holds in child.guardianships.on(timezone.localdate()).select_related("profile"):
        tell_household(
            holds.profile,
            "child_accepted" if accept else "child_refused",
            title=_("%s : fiche validée") % child if accept else _("%s : ajout refusé") % child,
            source=f"accounts.child:{child.pk}:{entry.pk}",
            child=child,
            reason=reason,
        )
    return child


@transaction.atomic
def merge_child(*, by, child, existing):
    """`child`, which waits, is `existing`, whom the services already know: its households join those of `existing`, and
    the file that was added by mistake is archived. Returns `existing`.

    The joining households see what a new guardianship shows, and may not edit the file until staff say so: the first
    household wrote it. What other apps hold of `child` follows (`child_merged`). Raises PermissionDenied without the
    rights, ValidationError when the child was decided or `existing` is not an accepted child.
    """
    if not perms.can_change_guardianships(by):
        raise PermissionDenied
    child = _locked(by, child, ChildState.PENDING, _("Une décision a déjà été prise pour cet enfant."))
    existing = Child.objects.select_for_update().get(pk=existing.pk)
    if existing.state != ChildState.ACTIVE:
        raise ValidationError(_("Cette fiche n’est pas validée : choisissez-en une autre."))
    today = timezone.localdate()
    known = set(existing.guardianships.on(today).values_list("profile", flat=True))
    for holds in child.guardianships.on(today).select_related("profile"):
        if holds.profile_id not in known:
            Guardianship.objects.create(
                child=existing,
                profile=holds.profile,
                started_on=today,
                may_edit=False,
                sees_health=False,
                sees_contacts=False,
            )
        holds.ended_on = today
        holds.save(update_fields=["ended_on"])
        tell_household(
            holds.profile,
            "child_accepted",
            title=_("%s : fiche validée") % existing,
            source=f"accounts.child:{child.pk}:merged",
            child=existing,
            reason="",
        )
    child.state = ChildState.ARCHIVED
    child.save(update_fields=["state"])
    log(instance=child, action="accounts.child.merge", user=by, data={"into": existing.pk})
    log(instance=existing, action="accounts.child.merge", user=by, data={"from": child.pk})
    child_merged.send(sender=Child, child=child, existing=existing, by=by)
    return existing


@transaction.atomic
def archive_child(*, by, child):
    """Archive the file of a child who is no longer received: nothing can be booked for them. Returns the Child.

    Raises PermissionDenied without the right, ValidationError for a file that is not accepted.
    """
    child = _locked(by, child, ChildState.ACTIVE, _("Seule une fiche validée peut être archivée."))
    return _move(by, child, ChildState.ARCHIVED, "accounts.child.archive")


@transaction.atomic
def restore_child(*, by, child):
    """Take the file of a child out of the archive. Returns the Child.

    Raises PermissionDenied without the right, ValidationError for a file that is not archived.
    """
    child = _locked(by, child, ChildState.ARCHIVED, _("Cette fiche n’est pas archivée."))
    return _move(by, child, ChildState.ACTIVE, "accounts.child.restore")


def tell_household(profile, kind, *, title, source, **context):
    """Tell everyone who may act for the household `profile`, by mail and in their account: `kind` names the templates
    accounts/mails/<kind>; `title` and `source` are those of the notification."""
    tell(
        profile,
        f"accounts/{kind}",
        title=title,
        text=context.get("reason", ""),
        url="/mon-compte/famille/",
        source=source,
        household=profile.name,
        family_url=absolute_url("/mon-compte/famille/"),
        **context,
    )


def _locked(by, child, state, sentence):
    if not perms.can_decide_children(by):
        raise PermissionDenied
    child = Child.objects.select_for_update().get(pk=child.pk)
    if child.state != state:
        raise ValidationError(sentence)
    return child


def _move(by, child, state, action):
    child.state = state
    child.save(update_fields=["state"])
    log(instance=child, action=action, user=by)
    return child
