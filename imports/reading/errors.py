class Unreadable(Exception):
    """A file that cannot be read, or must not be. `str(error)` is a French sentence that says what to do."""
