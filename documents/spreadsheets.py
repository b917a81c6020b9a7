"""What every spreadsheet that leaves the portal has to mind."""

# What makes a spreadsheet read a cell as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutralised(value):
    """Return a cell that no spreadsheet takes for a formula: an apostrophe before a text that could start one."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
