"""The worklist's views that an agent names: its own only."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import perms
from ..filters import filters_of
from ..models import SavedView

MAX_VIEWS = 30
NAME_LENGTH = SavedView._meta.get_field("name").max_length
QUERY_LENGTH = SavedView._meta.get_field("query").max_length
# Cut, it would find other cases.
TOO_LONG = gettext_lazy("Votre recherche est trop longue : gardez les mots qui comptent.")


def save_view(*, by, name, query):
    """Keep the filters that `query` says under `name`, for `by`; returns the SavedView.

    Raises PermissionDenied for who has no worklist, ValidationError for a name that can't be or is taken.
    """
    if not perms.can_see_cases(by):
        raise PermissionDenied
    name = _name(name)
    if SavedView.objects.filter(user=by).count() >= MAX_VIEWS:
        raise ValidationError(_("Vous avez déjà %(count)s vues : supprimez-en une d’abord.") % {"count": MAX_VIEWS})
    # What can't be read is left out: a view never fails.
    query = filters_of(query).to_query()
    if len(query) > QUERY_LENGTH:
        raise ValidationError(TOO_LONG)
    return _kept(SavedView(user=by, name=name, query=query))


def rename_view(*, by, view, name):
    """Give another name to a view of `by`; returns it. Raises as `save_view`."""
    _check_own(by, view)
    view.name = _name(name)
    return _kept(view)


def delete_view(*, by, view):
    """Erase a view of `by`; the cases stay as they are."""
    _check_own(by, view)
    view.delete()


def _check_own(by, view):
    if view.user_id != by.pk:
        raise PermissionDenied


def _name(name):
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise ValidationError(_("Donnez un nom à la vue."))
    if len(name) > NAME_LENGTH:
        raise ValidationError(_("Donnez un nom de %(count)s caractères au plus.") % {"count": NAME_LENGTH})
    return name


def _kept(view):
    """Save `view`; another tab may have taken its name just before."""
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise ValidationError(_("Vous avez déjà une vue de ce nom.")) from None
    return view
