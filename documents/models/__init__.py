from .files import StoredFile
from .folders import FiledDocument, Folder
from .supporting import DocumentRequirement, SupportingDocument

__all__ = ["DocumentRequirement", "FiledDocument", "Folder", "StoredFile", "SupportingDocument"]
