from .media import PortalDocument, PortalImage, PortalRendition

__all__ = ["PortalDocument", "PortalImage", "PortalRendition"]
