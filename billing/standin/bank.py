"""What the stand-in's bank decides: a session is paid, refused, delayed, expired, refunded.

Writes the objects and their events.
"""

import time

from .store import new_id

# How long the bank thinks when a payer chose « validation différée ».
DELAY_SECONDS = 8


class Refusal(Exception):
    """An error in Stripe's form: HTTP status, type, code, message."""

    def __init__(self, message, *, status=400, kind="invalid_request_error", code=None):
        super().__init__(message)
        self.status, self.kind, self.code = status, kind, code


def open_session(books, params, origin):
    """Write a checkout session from the decoded `params` of the call; `origin` is the address it came through."""
    if params.get("mode") != "payment":
        raise Refusal("The stand-in knows mode=payment only.")
    lines = [params["line_items"][index] for index in sorted(params.get("line_items", {}), key=int)]
    if not lines:
        raise Refusal("You must provide line_items.")
    created = int(time.time())
    expires_at = int(params.get("expires_at", created + 24 * 3600))
    if not created + 30 * 60 - 30 <= expires_at <= created + 24 * 3600:
        raise Refusal(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
        )
    session_id = new_id("cs_test")
    total = sum(int(line["price_data"]["unit_amount"]) * int(line.get("quantity", 1)) for line in lines)
    return books.put(
        {
            "id": session_id,
            "object": "checkout.session",
            "mode": "payment",
            "livemode": False,
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": total,
            "currency": lines[0]["price_data"]["currency"],
            "client_reference_id": params.get("client_reference_id"),
            "metadata": params.get("metadata", {}),
            "payment_intent": None,
            "success_url": params.get("success_url"),
            "cancel_url": params.get("cancel_url"),
            "created": created,
            "expires_at": expires_at,
            "url": f"{origin}/_stripe/payer/{session_id}/",
            # What Stripe keeps to itself.
            "_intent_metadata": params.get("payment_intent_data", {}).get("metadata", {}),
            "_lines": [
                {"name": line["price_data"]["product_data"]["name"], "cents": int(line["price_data"]["unit_amount"])}
                for line in lines
            ],
            "_origin": origin,
            "_held": False,
        }
    )


def current(books, session_id):
    """Return the session of that id, after what time did to it: expiry, and the bank's late answer.

    Raises Refusal (404).
    """
    session = books.get(session_id)
    if session is None or session["object"] != "checkout.session":
        raise Refusal(f"No such checkout.session: {session_id}", status=404, code="resource_missing")
    if session["status"] == "open" and session["expires_at"] < time.time():
        expire(books, session)
    if session.get("_settles_at") and session["_settles_at"] <= time.time():
        settle_late(books, session, accepted=True)
    return session


def ripen(books):
    """Let time do its work on every session."""
    for session in books.all("cs_test_"):
        current(books, session["id"])


def pay(books, session, *, held=False):
    """The card is accepted. `held`: the notifications of it are lost."""
    _must_be_open(session)
    session["_held"] = held
    intent = _intent(books, session)
    _succeed(books, session, intent)
    session.update(status="complete", payment_status="paid", url=None)
    books.put(session)
    _tell(books, session, "payment_intent.succeeded", intent)
    _tell(books, session, "charge.succeeded", books.get(intent["latest_charge"]))
    _tell(books, session, "checkout.session.completed", session)


def decline(books, session):
    """The card is refused; the page stays open for another one."""
    _must_be_open(session)
    intent = _intent(books, session)
    intent["status"] = "requires_payment_method"
    intent["last_payment_error"] = {"type": "card_error", "code": "card_declined", "message": "Your card was declined."}
    books.put(intent)
    books.put(session)
    _tell(books, session, "payment_intent.payment_failed", intent)


def delay(books, session, *, seconds=DELAY_SECONDS):
    """The payer did his part, and the bank takes its time."""
    _must_be_open(session)
    intent = _intent(books, session)
    intent.update(status="processing", last_payment_error=None)
    books.put(intent)
    session.update(status="complete", payment_status="unpaid", url=None, _settles_at=time.time() + seconds)
    books.put(session)
    _tell(books, session, "payment_intent.processing", intent)
    _tell(books, session, "checkout.session.completed", session)


def settle_late(books, session, *, accepted):
    """The bank's late answer."""
    intent = books.get(session["payment_intent"]) if session["payment_intent"] else None
    if intent is None or intent["status"] != "processing":
        raise Refusal("This session does not wait for a bank.")
    session["_settles_at"] = None
    if accepted:
        _succeed(books, session, intent)
        session["payment_status"] = "paid"
    else:
        intent["status"] = "requires_payment_method"
        intent["last_payment_error"] = {"type": "card_error", "code": "insufficient_funds", "message": "Refused."}
        books.put(intent)
    books.put(session)
    kind = "succeeded" if accepted else "payment_failed"
    _tell(books, session, f"payment_intent.{kind}", intent)
    _tell(books, session, f"checkout.session.async_payment_{'succeeded' if accepted else 'failed'}", session)


def expire(books, session):
    """Nobody pays on that page any more."""
    if session["status"] != "open":
        raise Refusal('Only Checkout Sessions with a status in ["open"] can be expired.')
    session.update(status="expired", url=None)
    books.put(session)
    _tell(books, session, "checkout.session.expired", session)
    return session


def refund(books, params):
    """Give back `amount` cents of a payment intent; returns the refund."""
    intent = books.get(params.get("payment_intent", ""))
    charge = books.get(intent["latest_charge"]) if intent and intent.get("latest_charge") else None
    if charge is None:
        raise Refusal("This PaymentIntent does not have a successful charge to refund.", code="resource_missing")
    left = charge["amount"] - charge["amount_refunded"]
    amount = int(params.get("amount", left))
    if left == 0:
        raise Refusal(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if not 0 < amount <= left:
        raise Refusal(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).")
    made = books.put(
        {
            "id": new_id("re"),
            "object": "refund",
            "amount": amount,
            "currency": charge["currency"],
            "charge": charge["id"],
            "payment_intent": intent["id"],
            "status": "succeeded",
            "metadata": params.get("metadata", {}),
            "created": int(time.time()),
        }
    )
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    charge["_refunds"].insert(0, made["id"])
    books.put(charge)
    session = books.get(intent["_session"])
    _tell(books, session, "refund.created", made)
    _tell(books, session, "charge.refunded", charge)
    return made


def fail_refund(books, refund_id):
    """The payer's bank sends a refund back, days after it was made."""
    made = books.get(refund_id)
    charge = books.get(made["charge"])
    made["status"] = "failed"
    charge["amount_refunded"] -= made["amount"]
    charge["refunded"] = False
    books.put(made)
    books.put(charge)
    _tell(books, books.get(books.get(charge["payment_intent"])["_session"]), "refund.failed", made)


def public(books, thing, expand=()):
    """Return `thing` as Stripe shows it: without what it keeps to itself, the paths of `expand` opened."""
    shown = {name: value for name, value in thing.items() if not name.startswith("_")}
    for path in expand:
        name, _, rest = path.partition(".")
        deeper = [rest] if rest else []
        if name == "refunds" and thing["object"] == "charge":
            data = [public(books, books.get(refund_id)) for refund_id in thing["_refunds"]]
            shown["refunds"] = {"object": "list", "data": data, "has_more": False, "url": "/v1/refunds"}
        elif isinstance(thing.get(name), str):
            shown[name] = public(books, books.get(thing[name]), deeper)
    return shown


def _must_be_open(session):
    if session["status"] != "open":
        raise Refusal("This Checkout Session is no longer open.")


def _intent(books, session):
    """Return the payment intent of a session, made when the payer first tries to pay, as Stripe does."""
    if session["payment_intent"]:
        return books.get(session["payment_intent"])
    intent = books.put(
        {
            "id": new_id("pi"),
            "object": "payment_intent",
            "amount": session["amount_total"],
            "amount_received": 0,
            "currency": session["currency"],
            "status": "requires_payment_method",
            "last_payment_error": None,
            "latest_charge": None,
            "metadata": session["_intent_metadata"],
            "created": int(time.time()),
            "_session": session["id"],
        }
    )
    session["payment_intent"] = intent["id"]
    return intent


def _succeed(books, session, intent):
    charge = books.put(
        {
            "id": new_id("ch"),
            "object": "charge",
            "amount": intent["amount"],
            "amount_refunded": 0,
            "refunded": False,
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "paid": True,
            "status": "succeeded",
            "metadata": session["_intent_metadata"],
            "created": int(time.time()),
            "_refunds": [],
        }
    )
    intent.update(
        status="succeeded", amount_received=intent["amount"], last_payment_error=None, latest_charge=charge["id"]
    )
    books.put(intent)


def _tell(books, session, kind, thing):
    target = f"{session['_origin']}/paiement/stripe/notification/"
    books.emit(kind, public(books, thing), target, held=session["_held"])
