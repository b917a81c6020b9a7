"""A contract is opened in a resident's name, and terminated, by the word of an agent (s1.6, s1.7)."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from billing.services.ledger import next_number

from .. import perms
from ..enums import Service
from ..models import DeliveryPoint, MeterReading, WaterContract
from ..queries import running_contract_at
from .readings import keep_index, reading_on

SERIES = "C"


@dataclass(frozen=True, slots=True)
class Done:
    """The contract, and the reading that came with it: None without an index, or for a day to come."""

    contract: WaterContract
    reading: MeterReading | None


def open_contract(*, by, profile, delivery_point, holder_name, starts_on, index=None):
    """Open a contract at `delivery_point` for `profile` from `starts_on`; `index` is its first reading, in m³.

    It covers what the former contract of the place covered. The same call again gives the same contract.
    Raises PermissionDenied without the right, ValidationError when the place has another contract that runs.
    """
    if not perms.can_open(by):
        raise PermissionDenied
    with transaction.atomic():
        # One contract at a time for a place: its row is the lock.
        point = DeliveryPoint.objects.select_for_update(of=("self",)).get(pk=delivery_point.pk)
        running = running_contract_at(point, on=starts_on)
        if running and running.profile_id == profile.pk and running.subscribed_on == starts_on:
            return Done(running, reading_on(point, starts_on))
        if running:
            raise ValidationError(taken_sentence(running))
        former = point.contracts.order_by("-terminated_on", "-pk").first()
        contract = WaterContract.objects.create(
            reference=next_number(SERIES),
            delivery_point=point,
            profile=profile,
            attached_at=timezone.now(),
            holder_name=holder_name[:200],
            services=former.services if former else [Service.WATER],
            subscribed_on=starts_on,
        )
        reading = keep_index(by, point, starts_on, index)
        log(instance=contract, action="water.contract.open", user=by, data={"profile": profile.pk})
    return Done(contract, reading)


def terminate_contract(*, by, contract, ends_on, index=None):
    """Terminate `contract` on `ends_on`; `index` is its closing reading, in m³. Once more with the same date: the same.

    Raises PermissionDenied without the right, ValidationError when it ends already, or never began by then.
    """
    if not perms.can_terminate(by):
        raise PermissionDenied
    with transaction.atomic():
        contract = WaterContract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
        if contract.terminated_on == ends_on:
            return Done(contract, reading_on(contract.delivery_point, ends_on))
        if contract.terminated_on:
            raise ValidationError(terminated_sentence(contract))
        if contract.subscribed_on and ends_on < contract.subscribed_on:
            raise ValidationError(_("La résiliation ne peut pas précéder l’abonnement."))
        # The row on which two readings of a day meet.
        DeliveryPoint.objects.select_for_update(of=("self",)).get(pk=contract.delivery_point_id)
        contract.terminated_on = ends_on
        contract.save(update_fields=["terminated_on"])
        reading = keep_index(by, contract.delivery_point, ends_on, index)
        log(instance=contract, action="water.contract.terminate", user=by, data={"on": ends_on.isoformat()})
    return Done(contract, reading)


def taken_sentence(contract):
    """Why no contract can be opened where `contract` runs."""
    return _("Le contrat %(reference)s est encore en cours à cette adresse : résiliez-le d’abord.") % {
        "reference": contract.reference
    }


def terminated_sentence(contract):
    """Why `contract` can't be terminated again."""
    return _("Le contrat %(reference)s est déjà résilié, au %(date)s.") % {
        "reference": contract.reference,
        "date": f"{contract.terminated_on:%d/%m/%Y}",
    }
