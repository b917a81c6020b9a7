"""Who may import: the pages and the services both ask here."""

from django.core.exceptions import PermissionDenied


def may_view(user):
    """Whether `user` sees the imports, their rows and their files."""
    return user.is_active and user.has_perm("imports.view_importbatch")


def may_add(user):
    """Whether `user` may upload a file, map its columns, check it and abandon it."""
    return user.is_active and user.has_perm("imports.add_importbatch")


def may_apply(user):
    """Whether `user` may write a checked file into the portal."""
    return user.is_active and user.has_perm("imports.apply_importbatch")


def may_undo(user):
    """Whether `user` may take an applied import back."""
    return user.is_active and user.has_perm("imports.undo_importbatch")


def require(allowed):
    """Raise PermissionDenied unless `allowed`."""
    if not allowed:
        raise PermissionDenied
