"""The antivirus: ClamAV's clamd, spoken to by its INSTREAM command, when CLAMD_URL names one."""

import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings

from .enums import ScanState

TIMEOUT = 60
CHUNK = 64 * 1024
LONGEST_ANSWER = 4096


class ScannerUnavailable(Exception):
    """The scanner did not answer, or not what it should: nothing is known of the file."""


def configured():
    """Whether the portal has an antivirus."""
    return bool(settings.CLAMD_URL)


def scan(file):
    """Return the ScanState of `file` (open at its beginning): clean or infected; unscanned without an antivirus.

    Raises ScannerUnavailable when the scanner is down: ask again later.
    """
    if not configured():
        return ScanState.UNSCANNED
    try:
        with _connect(settings.CLAMD_URL) as connection:
            answer = _instream(connection, file)
    except OSError as error:
        raise ScannerUnavailable(type(error).__name__) from error
    if answer.endswith("FOUND"):
        return ScanState.INFECTED
    if answer.endswith("OK"):
        return ScanState.CLEAN
    # "INSTREAM size limit exceeded. ERROR", an answer cut short: never taken for clean.
    raise ScannerUnavailable(answer[-80:])


def is_up():
    """Whether the scanner answers at all: then what it could not look at is the file's own trouble."""
    try:
        with _connect(settings.CLAMD_URL) as connection:
            connection.sendall(b"zPING\0")
            return _answer(connection) == "PONG"
    except OSError:
        return False


def _connect(url):
    """Return a socket to `tcp://host:3310` or `unix:///run/clamav/clamd.ctl`."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(TIMEOUT)
        connection.connect(parts.path)
        return connection
    return socket.create_connection((parts.hostname, parts.port or 3310), timeout=TIMEOUT)


def _instream(connection, file):
    connection.sendall(b"zINSTREAM\0")
    while chunk := file.read(CHUNK):
        connection.sendall(struct.pack("!L", len(chunk)) + chunk)
    connection.sendall(struct.pack("!L", 0))
    return _answer(connection)


def _answer(connection):
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        received = connection.recv(LONGEST_ANSWER)
        if not received:
            break
        answer += received
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")
