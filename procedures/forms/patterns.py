"""Patterns that staff write for a text: they run on residents' words, with a limit on time."""

import logging

import regex

logger = logging.getLogger(__name__)

SECONDS = 0.2


def matches(pattern, text):
    """Return whether the whole of `text` follows `pattern`. A pattern that is broken or too slow stops nobody: the
    resident can't mend it."""
    try:
        return regex.fullmatch(pattern, text, timeout=SECONDS) is not None
    except TimeoutError:
        logger.warning("pattern too slow, not applied: %s", pattern)
    except (regex.error, OverflowError, RecursionError):
        logger.warning("pattern can't be read, not applied: %s", pattern)
    return True
