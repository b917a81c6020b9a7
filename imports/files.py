"""The files of a batch, as paths that the readers can open wherever they are stored."""

import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def local_path(stored):
    """Give the path of a stored or freshly uploaded file; copied to a temporary file when it is not on this machine."""
    path = _path_of(stored)
    if path:
        yield Path(path)
        return
    handle, name = tempfile.mkstemp(prefix="parvis-import-")
    try:
        with os.fdopen(handle, "wb") as copy:
            stored.seek(0)
            shutil.copyfileobj(stored, copy, 1024 * 1024)
        yield Path(name)
    finally:
        stored.seek(0)
        os.unlink(name)


def _path_of(stored):
    if hasattr(stored, "temporary_file_path"):
        return stored.temporary_file_path()
    try:
        return stored.path
    except (AttributeError, NotImplementedError):
        return ""


def sha256_of(path):
    """Return the SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
