"""Supporting documents (s4.14, s4.15): the family sends, an agent decides, time makes them expire."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from accounts.family_perms import can_verify_quotients
from accounts.locks import lock_profile
from accounts.mail import absolute_url, send_mail
from accounts.models import FamilyQuotient
from accounts.queries.family import children_of
from accounts.services import family
from accounts.services.notifications import notify
from theme.formats import short_date

from .. import perms, rules
from ..enums import DocumentState, RequirementScope
from ..models import DocumentRequirement, StoredFile, SupportingDocument
from . import uploads

MOST_ANSWERS = 50
LIST_URL = "/mon-compte/documents/?onglet=pieces"
# What is no longer in force is erased, with its file, this long after it was decided.
KEPT = timedelta(days=365)


@transaction.atomic
def send(*, by, profile, file, answers, quotient=None):
    """Send `file` (a StoredFile of `profile`) for each (requirement, child or None) of `answers`.

    Returns the SupportingDocuments. Sent again for the same things, the form gets those of the first time. A document
    that still waited for an agent is replaced. `quotient` is the declared FamilyQuotient that the file proves: without
    it, the newest one that waits for its proof. Raises PermissionDenied if `by` can't send for `profile`,
    ValidationError when nothing is ticked, or something that is not asked of this family.
    """
    if not perms.can_send(by, profile):
        raise PermissionDenied
    lock_profile(profile.pk)
    file = uploads.usable(profile, file)
    answers = _asked(profile, answers)
    waiting = {
        (document.requirement_id, document.child_id): document
        for document in SupportingDocument.objects.filter(profile=profile, state=DocumentState.SENT)
    }
    quotient = quotient or _declared_quotient(profile, answers)
    new = [
        SupportingDocument(
            profile=profile,
            requirement=requirement,
            child=child,
            file=file,
            quotient=quotient if requirement.proves_quotient else None,
            sent_by=by,
        )
        for requirement, child in answers
        if not _is_of(file, waiting.get((requirement.pk, child and child.pk)))
    ]
    replaced = [waiting[key].pk for key in map(_key, new) if key in waiting]
    SupportingDocument.objects.filter(pk__in=replaced).update(state=DocumentState.REPLACED, decided_at=timezone.now())
    SupportingDocument.objects.bulk_create(new)
    uploads.file_away(file)
    for document in new:
        log(instance=document, action="documents.supporting.send", user=by)
    waiting.update((_key(document), document) for document in new)
    return [waiting[requirement.pk, child and child.pk] for requirement, child in answers]


def _key(document):
    return (document.requirement_id, document.child_id)


def _is_of(file, document):
    return document is not None and document.file_id == file.pk


def _asked(profile, answers):
    """Return `answers` once each, after checking that each may be asked of `profile` today."""
    answers = list(dict.fromkeys(answers))
    if not answers:
        raise ValidationError(_("Cochez au moins une pièce à laquelle répond ce fichier."))
    if len(answers) > MOST_ANSWERS:
        raise ValidationError(_("Un fichier répond à %(count)d pièces au plus.") % {"count": MOST_ANSWERS})
    raised = {child.pk for child in children_of(profile)}
    active = DocumentRequirement.objects.filter(active=True).in_bulk(
        [requirement.pk for requirement, _child in answers]
    )
    for requirement, child in answers:
        of_family = requirement.scope == RequirementScope.FAMILY
        if requirement.pk not in active or of_family != (child is None) or (child and child.pk not in raised):
            raise ValidationError(_("Cette pièce n’est plus demandée. Rechargez la page « Mes documents »."))
    return answers


def _declared_quotient(profile, answers):
    if not any(requirement.proves_quotient for requirement, _child in answers):
        return None
    return FamilyQuotient.objects.filter(profile=profile, verified_at=None, refused_reason="").first()


@transaction.atomic
def decide(*, by, document, accept, reason="", valid_until=None, quotient_seen=None):
    """Validate or refuse a document that waits; the family is told by mail. Returns the SupportingDocument.

    `valid_until` is its last day: without it, the requirement's own length from today. A refusal says why.
    `quotient_seen` is the `fingerprint` of the quotient that the agent read beside its proof: another one that the
    family declared since is not verified unread. Raises PermissionDenied without the right, ValidationError when it was
    decided already, its file can't be opened yet, a reason is missing, a date is past or the quotient is another.
    """
    if not perms.can_decide(by):
        raise PermissionDenied
    # The profile first, then what hangs on it: the order of every lock of the house.
    lock_profile(document.profile_id)
    document = (
        SupportingDocument.objects.select_for_update(of=("self",))
        .select_related("requirement", "child", "profile", "file", "quotient")
        .get(pk=document.pk)
    )
    today = timezone.localdate()
    reason = reason.strip()
    if document.state != DocumentState.SENT:
        raise ValidationError(_("Cette pièce a déjà été vérifiée, ou la famille l’a remplacée."))
    if not document.file.released:
        raise ValidationError(_("L’antivirus n’a pas encore analysé ce fichier. Revenez dans quelques minutes."))
    if not accept and not reason:
        raise ValidationError({"reason": _("Dites pourquoi la pièce est refusée : la famille lira cette phrase.")})
    if accept and valid_until and valid_until < today:
        raise ValidationError({"valid_until": _("Cette date est passée : la pièce ne serait plus valable.")})
    document.state = DocumentState.ACCEPTED if accept else DocumentState.REFUSED
    document.reason = "" if accept else reason
    document.valid_until = (valid_until or rules.valid_until(document.requirement, today)) if accept else None
    document.decided_by, document.decided_at = by, timezone.now()
    document.save()
    if accept:
        _supersede(document)
        _verify_quotient(by, document, quotient_seen)
    log(instance=document, action=f"documents.supporting.{'accept' if accept else 'refuse'}", user=by)
    _tell(document)
    return document


def _supersede(document):
    """The documents that were in force for the same thing give way to the one just accepted."""
    older = SupportingDocument.objects.filter(
        requirement=document.requirement,
        profile=document.profile,
        child=document.child,
        state__in=[DocumentState.ACCEPTED, DocumentState.EXPIRED],
    )
    older.exclude(pk=document.pk).update(state=DocumentState.REPLACED)


def _verify_quotient(by, document, seen):
    """The quotient that was declared with its proof is verified with it; refused, it waits for another proof."""
    quotient = document.quotient
    waits = quotient and quotient.verified_at is None and not quotient.refused_reason
    if waits and can_verify_quotients(by):
        family.verify_quotient(by=by, quotient=quotient, seen=seen)


def _tell(document):
    """Tell who sent the document, as long as they belong to the family; else those who can act for it."""
    members = perms.addressees(document.profile)
    users = [user for user in members if user.pk == document.sent_by_id] or members
    accepted = document.state == DocumentState.ACCEPTED
    title = _("%(document)s : pièce validée") if accepted else _("%(document)s : pièce refusée")
    notify(
        profile=document.profile,
        users=users,
        title=title % {"document": _named(document)},
        text=document.reason,
        url=LIST_URL,
        source=f"documents.supporting:{document.pk}",
    )
    for user in users:
        send_mail(
            kind="documents/document_decided",
            to=user.email,
            context={
                "first_name": user.first_name,
                "document": document,
                "accepted": accepted,
                "documents_url": absolute_url(LIST_URL),
            },
        )


# Time passes ---------------------------------------------------------------------------------------------------------


def expire(today=None):
    """Mark what no longer holds on `today` as expired, and tell the families; returns how many. Safe to run twice."""
    today = today or timezone.localdate()
    over = SupportingDocument.objects.filter(state=DocumentState.ACCEPTED, valid_until__lt=today)

    def act(documents):
        SupportingDocument.objects.filter(pk__in=[document.pk for document in documents]).update(
            state=DocumentState.EXPIRED
        )

    return _family_by_family(over, act, expired=True)


def remind(today=None):
    """Remind the families of what ends within the days that its requirement says; returns how many documents.

    Once each; safe to run twice.
    """
    today = today or timezone.localdate()
    farthest = DocumentRequirement.objects.aggregate(days=Max("remind_days"))["days"] or 0
    held = SupportingDocument.objects.filter(state=DocumentState.ACCEPTED, reminded_at=None)
    near = held.filter(valid_until__range=(today, today + timedelta(days=farthest))).select_related("requirement")
    soon = [document.pk for document in near if rules.expires_soon(document, document.requirement, today)]

    def act(documents):
        SupportingDocument.objects.filter(pk__in=[document.pk for document in documents]).update(
            reminded_at=timezone.now()
        )

    return _family_by_family(held.filter(pk__in=soon), act, expired=False)


def _family_by_family(documents, act, *, expired):
    """Do `act` on the rows of `documents`, one transaction and one mail for each family. Returns how many there were.

    A family hears of what is still asked of it, and for which it has sent nothing newer.
    """
    count = 0
    for profile_id in documents.order_by("profile_id").values_list("profile_id", flat=True).distinct():
        with transaction.atomic():
            profile = lock_profile(profile_id)
            # Asked again under the lock: another run, or an agent, may have been there.
            rows = documents.filter(profile=profile).select_for_update(of=("self",))
            own = list(rows.select_related("requirement", "child").order_by("valid_until", "pk"))
            act(own)
            count += len(own)
            if asked := _still_asked(profile, own):
                _tell_family(profile, asked, expired=expired)
    return count


def _still_asked(profile, documents):
    waiting = set(
        SupportingDocument.objects.filter(profile=profile, state=DocumentState.SENT).values_list(
            "requirement_id", "child_id"
        )
    )
    raised = {child.pk for child in children_of(profile)}
    return [
        document
        for document in documents
        if document.requirement.active
        and (document.requirement_id, document.child_id) not in waiting
        and (document.child_id is None or document.child_id in raised)
    ]


def _named(document):
    """The document, and whose when it is a child's."""
    if document.child is None:
        return document.requirement.name
    return _("%(document)s de %(child)s") % {"document": document.requirement.name, "child": document.child.first_name}


def _tell_family(profile, documents, *, expired):
    users = perms.addressees(profile)
    for document in documents:
        title = _("%(document)s : n’est plus valable") if expired else _("%(document)s : bientôt à renouveler")
        notify(
            profile=profile,
            users=users,
            title=title % {"document": _named(document)},
            text=_("Valable jusqu’au %(date)s.") % {"date": short_date(document.valid_until)},
            url=LIST_URL,
            source=f"documents.supporting:{document.pk}:{'expired' if expired else 'expiring'}",
        )
    for user in users:
        send_mail(
            kind="documents/documents_expired" if expired else "documents/documents_expiring",
            to=user.email,
            context={
                "first_name": user.first_name,
                "documents": documents,
                "documents_url": absolute_url(LIST_URL),
            },
        )


def purge(now=None):
    """Erase what is no longer in force a year after its decision, with the files that nothing else needs.

    Returns how many documents.
    """
    now = now or timezone.now()
    over = [DocumentState.REFUSED, DocumentState.EXPIRED, DocumentState.REPLACED]
    old = SupportingDocument.objects.filter(state__in=over).filter(
        Q(valid_until__lt=(now - KEPT).date()) | Q(valid_until=None, decided_at__lt=now - KEPT)
    )
    with transaction.atomic():
        files = list(old.values_list("file_id", flat=True))
        count = old.delete()[0]
        uploads.erase(StoredFile.objects.filter(pk__in=files))
    return count
