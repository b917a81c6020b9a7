"""Structured logs: one JSON line an event, tied to its request, without personal data."""

import json
import logging

import pytest

from cms.logs import JsonFormatter, request_id


def line(**extra):
    record = logging.makeLogRecord({"name": "billing", "levelname": "INFO", "msg": "payment settled", **extra})
    return json.loads(JsonFormatter().format(record))


def test_an_event_is_one_json_object_with_its_extras():
    event = line(payment=12)
    assert event.pop("at").endswith("+00:00")
    assert event == {"level": "info", "logger": "billing", "event": "payment settled", "payment": 12}


def test_the_request_id_is_on_its_lines_and_in_its_answer(client):
    token = request_id.set("abc123")
    assert line()["request_id"] == "abc123"
    request_id.reset(token)
    assert "request_id" not in line()
    first, second = (client.get("/healthz")["X-Request-ID"] for _ in range(2))
    assert len(first) == 16 != second


@pytest.mark.django_db
def test_a_failed_login_logs_no_address(client, caplog):
    client.post("/connexion/", {"username": "alice@example.test", "password": "wrong"})
    assert "alice@example.test" not in "".join(JsonFormatter().format(record) for record in caplog.records)
