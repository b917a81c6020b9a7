"""The stand-in's payment page, where a person chooses what the bank will do, and its control room."""

from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from ..rules import from_cents
from . import bank
from .notifications import deliver_soon
from .store import books


def _page(name, context, status=200):
    """A page made without the request: the portal's context processors would read the portal's database."""
    return HttpResponse(render_to_string(f"billing/standin/{name}.html", context), status=status)


def _session(found, session_id):
    try:
        return bank.current(found, session_id)
    except bank.Refusal as refusal:
        raise Http404 from refusal


@never_cache
@require_safe
def payment_page(request, session_id):
    """Show what is to be paid, and one button for each thing that can happen to a payment."""
    with books() as found:
        session = _session(found, session_id)
        intent = found.get(session["payment_intent"]) if session["payment_intent"] else {}
    context = {
        "session": session,
        "open": session["status"] == "open",
        "declined": bool(intent.get("last_payment_error")),
        "total": from_cents(session["amount_total"]),
        "lines": [{"name": line["name"], "amount": from_cents(line["cents"])} for line in session["_lines"]],
        "back": session["cancel_url"],
    }
    return _page("payment", context, status=200 if context["open"] else 410)


# What a button does, and whether the payer is sent back to the portal.
CHOICES = {
    "payer": (bank.pay, True),
    "refuser": (bank.decline, False),
    "differer": (bank.delay, True),
    "perdre": (lambda found, session: bank.pay(found, session, held=True), False),
}


@csrf_exempt
@require_POST
def choose(request, session_id, choice):
    """Do what the payer chose. Without a session of the portal, as on the provider's own site: hence no CSRF token."""
    if choice not in CHOICES:
        raise Http404
    act, leaves = CHOICES[choice]
    with books() as found:
        session = _session(found, session_id)
        try:
            act(found, session)
        except bank.Refusal:
            return redirect("standin:payment", session_id=session_id)
    deliver_soon()
    if choice == "differer":
        deliver_soon(after=bank.DELAY_SECONDS + 0.2)
    if choice == "perdre":
        return _page("lost", {"back": session["success_url"]})
    return redirect(session["success_url"]) if leaves else redirect("standin:payment", session_id=session_id)


@never_cache
@require_safe
def control_room(request):
    """List the payment pages made so far, with what the bank can still do of each."""
    with books() as found:
        sessions = found.all("cs_test_")
        rows = []
        for session in sessions:
            intent = found.get(session["payment_intent"]) if session["payment_intent"] else {}
            rows.append(
                {
                    "id": session["id"],
                    "status": session["status"],
                    "payment_status": session["payment_status"],
                    "total": from_cents(session["amount_total"]),
                    "open": session["status"] == "open",
                    "waits": intent.get("status") == "processing",
                    "held": session["_held"],
                }
            )
    return _page("control", {"rows": rows})


ORDERS = {
    "valider": lambda found, session: bank.settle_late(found, session, accepted=True),
    "refuser": lambda found, session: bank.settle_late(found, session, accepted=False),
    "fermer": bank.expire,
    "notifier": lambda found, session: found.release(),
}


@csrf_exempt
@require_POST
def order(request, session_id, what):
    """Make the bank do `what` now to a session."""
    if what not in ORDERS:
        raise Http404
    with books() as found:
        session = found.get(session_id)
        if session is None:
            raise Http404
        try:
            ORDERS[what](found, session)
        except bank.Refusal as refusal:
            return HttpResponseBadRequest(str(refusal))
    deliver_soon()
    return redirect("standin:control")
