"""What a password may be: long, not common, and without the words anyone would try first. No rule of composition."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from theme.branding import default_branding

RESIDENT_LENGTH = 12
STAFF_LENGTH = 16
# Below this, a word is found in passwords by chance.
SHORTEST_WORD = 4
PORTAL_WORDS = ["parvis", "portail", "motdepasse", "mot de passe", "password", "azerty", "123456"]

_word_sources = []


def register_forbidden_words(source):
    """Add `source(user)`, which returns words that the user's password may not contain (s0.5: a customer reference …).

    Call it in the `ready()` of an app's config. It also gets users not saved yet: without memberships.
    """
    if source not in _word_sources:
        _word_sources.append(source)
    return source


def fold(text):
    """Return `text` without case, accents, spaces and punctuation: “Vallon-sur-Loire” → “vallonsurloire”."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def forbidden_words(user):
    """Return the words a password of `user` (or None) may not contain: the portal's, the user's, the registered."""
    branding = default_branding()
    words = [*PORTAL_WORDS, branding.portal_name, branding.authority_name, *branding.authority_name.split()]
    if user is not None:
        words += [user.email, user.email.partition("@")[0], user.first_name, user.last_name]
        for source in _word_sources:
            words += source(user)
    return [word for word in words if len(fold(str(word))) >= SHORTEST_WORD]


class MinimumLengthValidator:
    """At least 12 characters for residents, 16 for staff."""

    def length(self, user):
        return STAFF_LENGTH if user is not None and getattr(user, "is_staff", False) else RESIDENT_LENGTH

    def validate(self, password, user=None):
        length = self.length(user)
        if len(password) < length:
            message = ngettext(
                "Ce mot de passe est trop court : il faut au moins %(length)d caractère.",
                "Ce mot de passe est trop court : il faut au moins %(length)d caractères.",
                length,
            )
            raise ValidationError(message, "password_too_short", {"length": length})

    def get_help_text(self):
        return _("Au moins %(length)d caractères (%(staff)d pour les agents).") % {
            "length": RESIDENT_LENGTH,
            "staff": STAFF_LENGTH,
        }


class PortalWordsValidator:
    """Neither the portal's and the authority's names, nor the user's own name, address or customer references."""

    def validate(self, password, user=None):
        folded = fold(password)
        for word in forbidden_words(user):
            if fold(str(word)) in folded:
                raise ValidationError(
                    _("Choisissez un mot de passe qui ne contient pas « %(word)s » : on l’essaierait en premier."),
                    "password_portal_word",
                    {"word": word},
                )

    def get_help_text(self):
        return _("Ni votre nom, ni votre adresse, ni votre référence client, ni le nom du portail.")
