"""Writes of procedures: each verb is one transaction, and the only door to what it changes."""
