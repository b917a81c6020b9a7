"""Private files leave by `documents.downloads`; this name stays for the pages that ask billing for them."""

from documents.downloads import private_file

__all__ = ["private_file"]
