"""Reads of accounts: one function for each need of a screen, with a fixed number of SQL queries."""
