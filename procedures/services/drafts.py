"""Drafts: begun once, found again, saved at each step, erased three months after they were last touched.

A draft follows the newest form of its procedure. What a resident corrects in a filed case goes through `save_step` too:
it waits in `correction["answers"]` until it is sent back.
"""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.log_actions import log

from accounts.locks import lock_profile
from accounts.mail import absolute_url, send_mail
from accounts.models.users import normalise_email
from accounts.services.notifications import notify
from billing.conflicts import retry_on_conflict
from documents.models import StoredFile
from documents.rules import months_later

from .. import perms
from ..addresses import drafts_path
from ..definition import digest
from ..enums import Access, CaseState, Channel, FieldKind
from ..forms import context_of, file_ids, migrate, prefilled
from ..models import Case, CaseFile, CaseMessage
from ..queries.filing import drafts_of, why_not, working
from . import retention, versions
from .actors import may_fill, user_of
from .statuses import addressees, grow, lock, members_of

LIFETIME_MONTHS = 3
# Told this long before.
NOTICE = dt.timedelta(days=14)
# Answers that belong to one case.
ITS_OWN = (FieldKind.AGREEMENT, FieldKind.APPOINTMENT)
NOT_ONLINE = "Cette démarche ne se fait pas en ligne."
NEEDS_ACCOUNT = "Cette démarche demande un compte : choisissez d’abord l’usager."
FILED = "Ce dossier est déjà déposé : il ne peut plus être modifié."
NO_STEP = "Le formulaire a changé : cette étape n’existe plus."


class Changed(ValidationError):
    """The step was saved from elsewhere since it was shown; `stored` holds the answers it has now."""

    def __init__(self, stored):
        super().__init__(
            "Cette étape a été modifiée ailleurs depuis que vous l’avez ouverte : dans un autre onglet, ou par un "
            "autre membre du profil.",
            code="changed",
        )
        self.stored = stored


# Beginning ------------------------------------------------------------------------------------------------------------


@retry_on_conflict
def start(
    *, by, page, profile=None, email="", applicant="", channel=Channel.ONLINE, holder=None, copied_from=None, today=None
):
    """Return the draft of `page` for `profile`: found again (`found_again`), else a new one filled in from the account.

    Without a profile, `email` names who files; the caller has proved it. At the desk or on the telephone, `by` is the
    agent, and `holder` the User it acts for, if any. `copied_from` is a filed case of the profile whose answers begin
    a new draft. Raises PermissionDenied, or ValidationError when the procedure can't be filed by this profile now.
    """
    agent = by if channel != Channel.ONLINE else None
    email = normalise_email(email)
    _check_start(by, agent, page, profile)
    version = versions.current(page)
    if version is None or not page.live:
        raise ValidationError(NOT_ONLINE)
    opening = page.opening(today)
    if not agent and not opening.is_open:
        raise ValidationError(opening.sentence)
    if profile:
        # Two tabs that begin together find one draft.
        lock_profile(profile.pk)
        if refusal := why_not(page, profile, today=today):
            raise ValidationError(refusal.sentence)
    # An agent types for one unknown person after another: nothing of the former is shown to the next.
    if profile or (email and not agent):
        found = drafts_of(page, profile=profile, email=email, agent=agent).order_by("-touched_at").first()
        if found:
            found.found_again = True
            return found
    person = holder if agent else user_of(by)
    case = Case(
        page=page,
        version=version,
        profile=profile,
        filed_by=person,
        entered_by=agent,
        channel=channel,
        email=email or (person.email if person else ""),
        applicant=applicant or (profile.name if profile else ""),
        copied_from=copied_from,
    )
    if copied_from:
        case.answers, _lost = migrate(_copied(copied_from), copied_from.definition, version.definition)
    else:
        case.answers = prefilled(version.definition, context_of(user=person, profile=profile, case=case))
    case.save()
    mirror_files(case)
    case.found_again = False
    return case


def _copied(case):
    """Return the answers of `case` that begin another: what was sworn or agreed to is for each case anew, and an
    appointment was that one's."""
    fields = case.definition.fields
    return {key: value for key, value in case.answers.items() if key in fields and fields[key].kind not in ITS_OWN}


def _check_start(by, agent, page, profile):
    if agent:
        if not perms.can_file_for(agent):
            raise PermissionDenied
        if profile is None and page.access != Access.ANYONE:
            raise ValidationError(NEEDS_ACCOUNT)
    elif profile is None:
        if page.access != Access.ANYONE:
            raise PermissionDenied
    elif not perms.can_act_for(by, profile):
        raise PermissionDenied


# Saving ---------------------------------------------------------------------------------------------------------------


def part_of(now, key):
    """Return {field key: answer} of the step `key` of a Working, those that may be filled in only. Raises KeyError."""
    return {one: now.answers[one] for one in _keys(now, key) if one in now.answers}


def base_of(now, key):
    """Return what tells whether the step `key` of a Working changed since it was shown."""
    return digest(part_of(now, key))


def _keys(now, key):
    fields = now.definition.step(key).fields
    return [field.key for field in fields if now.only is None or field.key in now.only]


@retry_on_conflict
def save_step(*, by, case, key, answers, base="", done=False):
    """Keep `answers` as those of the step `key`; returns the Case. `done`: the step is complete.

    `base` is the `base_of` the step when it was shown. Raises PermissionDenied, Changed when somebody else saved
    something else meanwhile, ValidationError when the case is no longer filled in or the step is gone.
    """
    if not may_fill(by, case):
        raise PermissionDenied
    case = lock(case)
    now = working(case)
    if not now.editable:
        raise ValidationError(FILED)
    try:
        stored = part_of(now, key)
    except KeyError as error:
        raise ValidationError(NO_STEP) from error
    # Of this step only, and of a correction what was asked.
    mine = set(_keys(now, key))
    answers = {one: value for one, value in answers.items() if one in mine}
    same = digest(stored) == digest(answers)
    if base and not same and base != digest(stored):
        raise Changed(stored)
    seen = sorted({*case.saved_steps, key}) if done else case.saved_steps
    if same and seen == case.saved_steps and now.version.pk == case.version_id:
        # Nothing to write but that somebody is at it: the draft lives on.
        Case.objects.filter(pk=case.pk).update(touched_at=timezone.now(), expiry_told_at=None)
        return case
    merged = {**{one: value for one, value in now.answers.items() if one not in mine}, **answers}
    if now.correcting:
        case.correction = {**case.correction, "answers": merged}
    else:
        case.version, case.answers = now.version, merged
    case.saved_steps, case.expiry_told_at = seen, None
    mirror_files(case)
    grow(case, "version", "answers", "correction", "saved_steps", "expiry_told_at")
    return case


def mirror_files(case):
    """Have the CaseFile rows of `case` follow its answers, and the files of its messages.

    A file that its answers name counts only if it is one of the profile's own, or was sent for this very case.
    """
    wanted = set(file_ids(case.definition, case.answers, hidden=True))
    if case.state == CaseState.TO_CORRECT:
        wanted |= set(file_ids(case.definition, case.correction.get("answers", {}), hidden=True))
    held = {file.public_id: file.pk for file in StoredFile.objects.filter(case_files__case=case)}
    held = {str(public_id): pk for public_id, pk in held.items()}
    new = StoredFile.objects.filter(public_id__in=wanted - held.keys(), profile=case.profile)
    if case.profile_id is None:
        new = new.filter(case_files=None)
    CaseFile.objects.bulk_create([CaseFile(case=case, file=file) for file in new], ignore_conflicts=True)
    if case.state != CaseState.TO_CORRECT:
        left = [pk for public_id, pk in held.items() if public_id not in wanted]
        in_messages = CaseMessage.files.through.objects.filter(casemessage__case=case)
        gone = set(left) - set(in_messages.values_list("storedfile", flat=True)) if left else ()
        CaseFile.objects.filter(case=case, file__in=gone).delete()


# Ending ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def delete(*, by, case):
    """Erase the draft `case` with the files that nothing else needs. Raises PermissionDenied, or ValidationError once
    it is filed."""
    if not may_fill(by, case):
        raise PermissionDenied
    case = lock(case)
    if case.state != CaseState.DRAFT:
        raise ValidationError(FILED)
    log(instance=case, action="procedures.case.delete_draft", user=user_of(by), title=str(case.page))
    retention.erase(Case.objects.filter(pk=case.pk))


def expires_on(case):
    """Return the date on which the draft `case` is erased if nobody touches it."""
    return months_later(timezone.localdate(case.touched_at), LIFETIME_MONTHS)


def _old(now, notice=dt.timedelta()):
    """The drafts untouched for so long that they may have expired `notice` after `now`."""
    return Case.objects.filter(state=CaseState.DRAFT, touched_at__lt=now + notice - dt.timedelta(days=88))


def _untouched_since(now, notice=dt.timedelta()):
    """The drafts that will have expired `notice` after `now`."""
    limit = timezone.localdate(now) + notice
    # A month is at least 28 days: the database narrows, the calendar decides.
    return [case for case in _old(now, notice).only("touched_at").order_by("pk") if expires_on(case) <= limit]


def tell_expiring(now=None):
    """Tell once, two weeks before, those whose draft will be erased; returns how many were told."""
    now, count = now or timezone.now(), 0
    for found in _untouched_since(now, NOTICE):
        with transaction.atomic():
            # Asked again once locked: it may be told, filed, gone on with or deleted.
            same = _old(now, NOTICE).filter(pk=found.pk, expiry_told_at=None).select_for_update(of=("self",))
            case = same.select_related("page", "profile").first()
            if case is None:
                continue
            _tell(case, today=timezone.localdate(now))
            Case.objects.filter(pk=case.pk).update(expiry_told_at=now)
            count += 1
    return count


def _tell(case, *, today):
    if case.entered_by_id:
        return  # the agent's to finish, and nobody's to be bothered with
    # Erased on the day said, even if the notice went out late.
    day = max(expires_on(case), today + dt.timedelta(days=1))
    path = drafts_path() if case.profile_id else case.page.start_url
    for address, first_name in addressees(case):
        send_mail(
            kind="procedures/draft_expires",
            to=address,
            context={
                "first_name": first_name,
                "procedure": case.page.title,
                "day": day,
                "has_account": bool(case.profile_id),
                "draft_url": absolute_url(path),
            },
        )
    if case.profile_id:
        notify(
            users=members_of(case),
            profile=case.profile,
            title=f"Votre brouillon « {case.page.title} » sera bientôt effacé",
            url=path,
            source=f"procedures.draft:{case.pk}:{day}",
        )


def erase_expired(now=None):
    """Erase the drafts untouched for three months; returns how many.

    One whose owner was told late (the schedule had stopped) is kept for two weeks after that.
    """
    now = now or timezone.now()
    expired = [case.pk for case in _untouched_since(now)]
    old = _old(now).filter(pk__in=expired)
    told = Q(expiry_told_at__lte=now - NOTICE + dt.timedelta(days=1)) | Q(entered_by__isnull=False)
    count = 0
    while done := retention.erase(old.filter(told)):
        count += done
    return count
