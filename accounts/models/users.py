from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import gettext_lazy as _


def new_stamp():
    """Return a fresh value of `User.session_stamp`."""
    return get_random_string(22)


def normalise_email(email):
    """Return `email` as it is stored and looked up: without surrounding spaces, in lower case."""
    return (email or "").strip().lower()


class UserManager(BaseUserManager):
    def get_by_natural_key(self, email):
        """Return the user of `email`, whatever its case."""
        return self.get(email=normalise_email(email))

    def create_user(self, email, password=None, **fields):
        """Create and return a user; without a password, one that only a mailed link lets in."""
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in: resident, staff member, or both. The e-mail is the login, unique whatever its case."""

    email = models.EmailField(
        _("courriel"), unique=True, error_messages={"unique": _("Un compte existe déjà avec ce courriel.")}
    )
    first_name = models.CharField(_("prénom"), max_length=150, blank=True)
    last_name = models.CharField(_("nom"), max_length=150, blank=True)
    is_staff = models.BooleanField(_("agent"), default=False, help_text=_("Peut entrer dans l’espace des agents."))
    is_active = models.BooleanField(
        _("actif"), default=True, help_text=_("Décochez plutôt que de supprimer le compte.")
    )
    date_joined = models.DateTimeField(_("créé le"), default=timezone.now, editable=False)
    terms_accepted_at = models.DateTimeField(_("conditions acceptées le"), null=True, blank=True, editable=False)
    # Open sessions hold a digest of this: a new stamp ends them all.
    session_stamp = models.CharField(max_length=22, default=new_stamp, editable=False)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("utilisateur")
        verbose_name_plural = _("utilisateurs")
        ordering = ["last_name", "first_name", "email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message=_("Un compte existe déjà avec ce courriel."),
            ),
            # Look-ups compare with the lower-case address, so that they use the index.
            models.CheckConstraint(
                condition=Q(email=Lower(F("email"))),
                name="user_email_lower_case",
                violation_error_message=_("Le courriel s’écrit en minuscules."),
            ),
        ]

    def __str__(self):
        return self.get_full_name() or self.email

    def clean_fields(self, exclude=None):
        self.email = normalise_email(self.email)
        super().clean_fields(exclude)

    def save(self, *args, **kwargs):
        self.email = normalise_email(self.email)
        super().save(*args, **kwargs)

    def get_full_name(self):
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self):
        return self.first_name or self.email

    def set_password(self, raw_password):
        """Change the password (not saved yet) and end every open session, the current one too."""
        super().set_password(raw_password)
        self.session_stamp = new_stamp()

    def _get_session_auth_hash(self, secret=None):
        """Tie sessions to the stamp rather than to the password: one may change it and keep them (s3.5)."""
        return salted_hmac("accounts.session", self.session_stamp, secret=secret, algorithm="sha256").hexdigest()
