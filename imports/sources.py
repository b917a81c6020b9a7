"""What the reader said of a file, to and from JSON: the columns are shown without opening the file again."""

from dataclasses import asdict

from .reading import Column, Sheet, Source


def dump(source):
    """Return a Source as JSON keeps it."""
    return asdict(source)


def load(data):
    """Return the Source that `dump` gave."""

    def sheet(held):
        return Sheet(held["name"], held["header_row"], [Column(**column) for column in held["columns"]])

    return Source(
        data["format"],
        [sheet(held) for held in data["sheets"]],
        sheet(data["sheet"]),
        encoding=data["encoding"],
        delimiter=data["delimiter"],
    )
