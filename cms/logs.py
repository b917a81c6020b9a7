"""Structured logs: one JSON line an event, with the request's id, and no personal data."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

request_id = ContextVar("request_id", default="")

# What `logging` puts on every record; the rest came from `extra=`.
STANDARD = set(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "request",
    "server_time",
    "response",
}


class JsonFormatter(logging.Formatter):
    def format(self, record):
        event = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if request_id.get():
            event["request_id"] = request_id.get()
        event.update({name: value for name, value in vars(record).items() if name not in STANDARD})
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return json.dumps(event, ensure_ascii=False, default=str)
