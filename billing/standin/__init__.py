"""A stand-in for Stripe, for machines without keys: development and tests only (billing.checks forbids it elsewhere).

It speaks Stripe's HTTP (checkout sessions, payment intents, refunds, events, idempotency keys, signed notifications
that are sent again until they are received) and keeps its books in a SQLite file of its own, so that it stands outside
the portal's transactions as the real one does. Nothing of the portal imports it but `cms.urls`.
"""
