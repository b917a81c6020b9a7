"""The part of Stripe's HTTP API that the portal uses: form-encoded calls, JSON answers, idempotency keys."""

import json
import re
from functools import wraps
from urllib.parse import parse_qsl

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from . import bank
from .notifications import deliver_soon
from .store import books


def decode(encoded):
    """Return the nested dict of Stripe's form encoding: `a[b][0][c]=d` → `{"a": {"b": {"0": {"c": "d"}}}}`."""
    params = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        path = re.findall(r"[^\[\]]+", name)
        place = params
        for step in path[:-1]:
            place = place.setdefault(step, {})
        if name.endswith("[]"):
            place.setdefault(path[-1], {})[str(len(place.get(path[-1], {})))] = value
        else:
            place[path[-1]] = value
    return params


def endpoint(method):
    """Make a view of `call(books, params, request, **kwargs)`, which returns an object or raises Refusal."""

    def decorate(call):
        @csrf_exempt
        @wraps(call)
        def view(request, **kwargs):
            if request.method != method:
                return _answer(405, _error("Unrecognized request URL.", "invalid_request_error", None))
            if not request.headers.get("Authorization", "").startswith("Bearer sk_test_"):
                return _answer(401, _error("Invalid API Key provided.", "invalid_request_error", None))
            status, body = _once(call, request, kwargs)
            if method == "POST":
                deliver_soon()
            return _answer(status, body)

        return view

    return decorate


def _once(call, request, kwargs):
    """Run a call under its idempotency key: the same key gives the same answer; with other parameters, an error."""
    encoded = request.body.decode() if request.method == "POST" else request.META["QUERY_STRING"]
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    fingerprint = f"{request.path} {encoded}"
    with books() as found:
        if key and (known := found.answer(key)):
            if known[0] != fingerprint:
                message = (
                    "Keys for idempotent requests can only be used with the same parameters they were first used with."
                )
                return 400, _error(message, "idempotency_error", None)
            return known[1], known[2]
        params = decode(encoded)
        try:
            thing = call(found, params, request, **kwargs)
            expand = params.get("expand", {}).values()
            status, body = 200, json.dumps(bank.public(found, thing, expand) if "id" in thing else thing)
        except bank.Refusal as refusal:
            status, body = refusal.status, _error(str(refusal), refusal.kind, refusal.code)
        if key:
            found.keep_answer(key, fingerprint, status, body)
        return status, body


def _error(message, kind, code):
    return json.dumps({"error": {"type": kind, "code": code, "message": message}})


def _answer(status, body):
    return HttpResponse(body, status=status, content_type="application/json")


@endpoint("POST")
def create_session(found, params, request):
    return bank.open_session(found, params, request.build_absolute_uri("/").rstrip("/"))


@endpoint("GET")
def retrieve_session(found, params, request, session_id):
    return bank.current(found, session_id)


@endpoint("POST")
def expire_session(found, params, request, session_id):
    return bank.expire(found, bank.current(found, session_id))


@endpoint("GET")
def retrieve_intent(found, params, request, intent_id):
    intent = found.get(intent_id)
    if intent is None or intent["object"] != "payment_intent":
        raise bank.Refusal(f"No such payment_intent: {intent_id}", status=404, code="resource_missing")
    return intent


@endpoint("POST")
def create_refund(found, params, request):
    return bank.refund(found, params)


@endpoint("GET")
def list_events(found, params, request):
    return {"object": "list", "data": found.events(), "has_more": False, "url": "/v1/events"}
