"""Contracts, readings and invoices: the clerk imports the old software's files, residents attach their contracts."""

import tempfile
from pathlib import Path

from django.core.files import File

from imports import samples
from imports import services as imports
from imports.enums import BatchState, ImportKind
from imports.mapping import guesses_of
from imports.models import ImportBatch
from water.models import CodeBatch, CodeRequest, WaterContract
from water.services.attachment import attach_contract
from water.services.codes import issue_codes
from water.services.requests import request_code

from .people import person
from .queue import work_off

# Where the residents of the demonstration "come from", for the throttle.
ORIGIN = "demonstration"
# The spreadsheet that made the sample files took the zeros off the references; the clerk says how long they are.
REFERENCE_WIDTH = 8


def load_water():
    """Import the sample files, issue the codes that are missing, attach two contracts, leave a request waiting."""
    clerk = person("donnees@demo.test")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        samples.write_all(folder)
        _import(clerk, ImportKind.SUBSCRIBERS, folder / "abonnes.csv")
        _import(clerk, ImportKind.READINGS, folder / "releves.xlsx")
        _import(clerk, ImportKind.INVOICES, folder / "factures.csv", archive=folder / "factures.zip")
        # A newer export, checked and waiting for the clerk's decision.
        _import(clerk, ImportKind.SUBSCRIBERS, folder / "abonnes.ods", apply=False)
    if not CodeBatch.objects.exists():
        issue_codes(by=clerk)
    work_off()
    _attach("resident@demo.test", samples.known().camille)
    _attach("hugo@demo.test", _subscriber("GARCIA Hugo"))
    elise = person("elise@demo.test")
    if not CodeRequest.objects.exists():
        reference = _subscriber("HADDAD Élise").reference
        request_code(by=elise, profile=elise.profiles.get(), reference=reference, origin=ORIGIN)
    work_off()


def codes():
    """Return the lines that tell with which reference and code `nouveau@demo.test` attaches a contract."""
    nadia = samples.known().nadia
    return [f"  nouveau@demo.test : référence client {nadia.reference}, code d’activation {nadia.activation_code}"]


def _import(clerk, kind, path, *, archive=None, apply=True):
    """Take a file through the clerk's steps, unless the demonstration did so before its interruption."""
    if ImportBatch.objects.filter(original_name=path.name, state__in=[BatchState.CHECKED, BatchState.APPLIED]).exists():
        return
    with path.open("rb") as file:
        pdfs = File(archive.open("rb"), name=archive.name) if archive else None
        batch = imports.upload(by=clerk, kind=kind, file=File(file, name=path.name), archive=pdfs)
    guesses = guesses_of(batch)
    imports.map_columns(
        by=clerk,
        batch=batch,
        mapping={name: guess.position for name, guess in guesses.items()},
        reference_width=REFERENCE_WIDTH,
    )
    imports.start_check(by=clerk, batch=batch)
    work_off()
    if apply:
        imports.start_apply(by=clerk, batch=batch, confirm_changes=True)
        work_off()


def _attach(email, subscriber):
    user = person(email)
    if WaterContract.objects.filter(reference=subscriber.reference, profile=None).exists():
        attach_contract(
            by=user,
            profile=user.profiles.get(),
            email=user.email,
            reference=subscriber.reference,
            code=subscriber.activation_code,
            origin=ORIGIN,
        )


def _subscriber(holder):
    """The first subscriber of the sample files with this name."""
    return next(subscriber for subscriber in samples.subscribers() if subscriber.holder == holder)
