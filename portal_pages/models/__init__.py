from .base import ResidentPage

__all__ = ["ResidentPage"]
