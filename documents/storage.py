"""Where residents' files live: outside the public media, without a URL."""

import uuid
from pathlib import PurePath

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.utils.deconstruct import deconstructible


@deconstructible
class PrivateFileSystemStorage(FileSystemStorage):
    """Files under PRIVATE_ROOT. They have no URL: a view that checks the right to them serves them."""

    def __init__(self):
        super().__init__(location=None, base_url=None)

    @property
    def base_location(self):
        return settings.PRIVATE_ROOT

    @property
    def location(self):
        return str(settings.PRIVATE_ROOT)

    def url(self, name):
        raise ValueError("A private file has no URL; serve it through a view that checks the right to it.")


def private_storage():
    """The storage of private files, for `FileField(storage=private_storage)`."""
    return storages["private"]


def random_name(folder, filename):
    """Return a path under `folder` that tells nothing of the file but its extension."""
    return f"{folder}/{uuid.uuid4().hex}{PurePath(filename).suffix.lower()[:10]}"
