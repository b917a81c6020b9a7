"""Reads of procedures: one function for each screen, with a fixed number of SQL queries."""
