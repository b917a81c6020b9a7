"""The stand-in's books: objects, events and idempotent answers, as JSON in a SQLite file of its own."""

import json
import secrets
import sqlite3
import time
from contextlib import contextmanager

from django.conf import settings

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (id TEXT PRIMARY KEY, body TEXT NOT NULL, rank INTEGER);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS events (
    id TEXT PRIMARY KEY, body TEXT NOT NULL, target TEXT NOT NULL, held INTEGER NOT NULL,
    delivered INTEGER NOT NULL DEFAULT 0, rank INTEGER
);
"""


def new_id(prefix):
    """Return an id as Stripe makes them: `cs_test_…`."""
    return f"{prefix}_{secrets.token_hex(12)}"


@contextmanager
def books():
    """The stand-in's database, in one IMMEDIATE transaction: yields a Books, commits at the end, undoes on an error."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(settings.DATA_DIR / "stripe-standin.sqlite3", timeout=20, isolation_level=None)
    try:
        connection.executescript("PRAGMA journal_mode=WAL;" + SCHEMA)
        connection.execute("BEGIN IMMEDIATE")
        yield Books(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.close()


class Books:
    """Reads and writes of the stand-in, inside one transaction."""

    def __init__(self, connection):
        self.connection = connection

    def get(self, object_id):
        """Return the object (dict) of that id, or None."""
        row = self.connection.execute("SELECT body FROM objects WHERE id = ?", [object_id]).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, thing):
        """Write an object (dict with an `id`), new or changed; returns it."""
        self.connection.execute(
            "INSERT INTO objects VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            [thing["id"], json.dumps(thing), time.time_ns()],
        )
        return thing

    def all(self, prefix):
        """Return the objects whose id starts with `prefix`, newest first."""
        rows = self.connection.execute(
            "SELECT body FROM objects WHERE id LIKE ? ORDER BY rank DESC LIMIT 100", [f"{prefix}%"]
        )
        return [json.loads(row[0]) for row in rows]

    def answer(self, key):
        """Return (request, status, body) of the answer already given under an idempotency key, or None."""
        return self.connection.execute("SELECT request, status, body FROM answers WHERE key = ?", [key]).fetchone()

    def keep_answer(self, key, request, status, body):
        """Remember the answer given under an idempotency key."""
        self.connection.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", [key, request, status, body])

    def emit(self, kind, thing, target, *, held=False):
        """Write an event about `thing` for the address `target`.

        A `held` one is never sent by itself. Returns its id.
        """
        event = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": "2026-10-28",
            "created": int(time.time()),
            "livemode": False,
            "pending_webhooks": 1,
            "type": kind,
            "data": {"object": thing},
        }
        self.connection.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, 0, ?)",
            [event["id"], json.dumps(event), target, int(held), time.time_ns()],
        )
        return event["id"]

    def events(self):
        """Return all events (dicts), newest first, as Stripe lists them."""
        return [json.loads(row[0]) for row in self.connection.execute("SELECT body FROM events ORDER BY rank DESC")]

    def undelivered(self):
        """Return (id, body, target) of the events that wait to be sent, oldest first."""
        return self.connection.execute(
            "SELECT id, body, target FROM events WHERE delivered = 0 AND held = 0 ORDER BY rank"
        ).fetchall()

    def mark_delivered(self, event_id):
        """Remember that an event was received."""
        self.connection.execute("UPDATE events SET delivered = 1 WHERE id = ?", [event_id])

    def release(self):
        """Let the held events go."""
        self.connection.execute("UPDATE events SET held = 0 WHERE held = 1")
