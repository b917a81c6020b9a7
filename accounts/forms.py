"""The forms of accounts: input to clean values, no writes."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models import User
from .models.users import normalise_email
from .validators import MinimumLengthValidator

PASSWORD_HELP = _(
    "Au moins %d caractères. Une phrase facile à retenir convient très bien, et vous pouvez coller le mot de passe de "
    "votre gestionnaire."
)
INVALID_EMAIL = _("Écrivez une adresse complète, par exemple nom@exemple.fr.")


def _password_field(label, autocomplete="new-password", required=None):
    return forms.CharField(
        label=label,
        strip=False,
        max_length=256,
        error_messages={"required": required or _("Écrivez votre mot de passe.")},
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class LoginForm(AuthenticationForm):
    """Identifiant and Mot de passe (s0.2)."""

    username = forms.CharField(
        label=_("Identifiant (votre courriel)"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={"required": _("Écrivez votre identifiant : c’est votre courriel.")},
    )
    password = _password_field(_("Mot de passe"), "current-password")

    error_messages = {
        "invalid_login": _("L’identifiant ou le mot de passe est incorrect. Vérifiez-les, puis réessayez."),
        "inactive": _("L’identifiant ou le mot de passe est incorrect. Vérifiez-les, puis réessayez."),
    }

    def clean_username(self):
        return normalise_email(self.cleaned_data["username"])


class EmailForm(forms.Form):
    """The address that a link is asked for (s0.3, s2.1)."""

    email = forms.EmailField(
        label=_("Courriel"),
        max_length=254,
        help_text=_("Par exemple : nom@exemple.fr. C’est votre identifiant."),
        error_messages={"required": _("Écrivez votre courriel."), "invalid": INVALID_EMAIL},
    )

    def clean_email(self):
        return normalise_email(self.cleaned_data["email"])


class RegisterForm(EmailForm):
    """Courriel and Confirmation courriel (s1.1)."""

    email_confirmation = forms.EmailField(
        label=_("Confirmation courriel"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Écrivez une seconde fois la même adresse."),
        error_messages={"required": _("Écrivez votre courriel une seconde fois."), "invalid": INVALID_EMAIL},
    )

    def clean_email_confirmation(self):
        confirmation = normalise_email(self.cleaned_data["email_confirmation"])
        if self.cleaned_data.get("email") not in (None, confirmation):
            raise ValidationError(_("Les deux adresses ne sont pas les mêmes."))
        return confirmation


class PasswordPairForm(forms.Form):
    """Mot de passe and Confirmation (s0.5), validated for `user`, who may not be saved yet."""

    new_password1 = _password_field(_("Mot de passe"))
    new_password2 = _password_field(_("Confirmation"), required=_("Écrivez le mot de passe une seconde fois."))

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = PASSWORD_HELP % MinimumLengthValidator().length(user)

    def password_user(self):
        """Return the user whose words the password may not contain."""
        return self.user

    def clean(self):
        values = super().clean()
        password, confirmation = values.get("new_password1"), values.get("new_password2")
        if password and confirmation and password != confirmation:
            self.add_error("new_password2", _("Les deux mots de passe ne sont pas les mêmes."))
        elif password:
            try:
                validate_password(password, self.password_user())
            except ValidationError as error:
                self.add_error("new_password1", error)
        return values


class ActivationForm(PasswordPairForm):
    """What completes an account: name, password, terms. Call it with the unsaved `user` of the link's address."""

    first_name = forms.CharField(
        label=_("Prénom"), max_length=150, error_messages={"required": _("Écrivez votre prénom.")}
    )
    last_name = forms.CharField(label=_("Nom"), max_length=150, error_messages={"required": _("Écrivez votre nom.")})
    accept_terms = forms.BooleanField(
        label=_("J’accepte les conditions d’utilisation du portail"),
        error_messages={"required": _("Acceptez les conditions d’utilisation pour créer votre compte.")},
    )

    field_order = ["first_name", "last_name", "new_password1", "new_password2", "accept_terms"]

    def password_user(self):
        self.user.first_name = self.cleaned_data.get("first_name", "")
        self.user.last_name = self.cleaned_data.get("last_name", "")
        return self.user


class PasswordChangeForm(PasswordPairForm):
    """Current, new, new again (s3.5); the other sessions end unless told not to."""

    old_password = _password_field(
        _("Mot de passe actuel"), "current-password", required=_("Écrivez votre mot de passe actuel.")
    )
    new_password1 = _password_field(_("Nouveau mot de passe"), required=_("Écrivez votre nouveau mot de passe."))
    new_password2 = _password_field(
        _("Nouveau mot de passe, une seconde fois"), required=_("Écrivez le nouveau mot de passe une seconde fois.")
    )
    end_other_sessions = forms.BooleanField(
        label=_("Déconnecter mes autres appareils"),
        required=False,
        initial=True,
        help_text=_("Conseillé si quelqu’un d’autre a pu connaître votre mot de passe."),
    )

    field_order = ["old_password", "new_password1", "new_password2", "end_other_sessions"]

    def clean_old_password(self):
        password = self.cleaned_data["old_password"]
        if not self.user.check_password(password):
            raise ValidationError(_("Ce n’est pas votre mot de passe actuel."), "old_password")
        return password

    def clean(self):
        values = super().clean()
        if values.get("new_password1") and values.get("new_password1") == values.get("old_password"):
            self.add_error("new_password1", _("Choisissez un mot de passe différent de l’actuel."))
        return values


class LoginChangeForm(forms.Form):
    """Modifier mon login (s3.4): the new address, and the password of the account `user` it is asked for."""

    email = forms.EmailField(
        label=_("Nouvelle adresse mail"),
        max_length=254,
        help_text=_("Nous y envoyons un lien de confirmation. Elle deviendra votre identifiant."),
        error_messages={"required": _("Écrivez votre nouvelle adresse."), "invalid": INVALID_EMAIL},
    )
    old_password = _password_field(
        _("Mot de passe actuel"), "current-password", required=_("Écrivez votre mot de passe actuel.")
    )

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_email(self):
        email = normalise_email(self.cleaned_data["email"])
        if email == self.user.email:
            raise ValidationError(_("C’est déjà votre identifiant."))
        return email

    def clean_old_password(self):
        password = self.cleaned_data["old_password"]
        if not self.user.check_password(password):
            raise ValidationError(_("Ce n’est pas votre mot de passe actuel."), "old_password")
        return password


class StaffForm(forms.ModelForm):
    """A staff member as the administrator sees them: who, and in which groups. No password, no superuser.

    `editing_self` is what Wagtail's views say of an administrator on their own page, who can't shut themselves out.
    """

    email = forms.EmailField(label=_("Courriel"))
    first_name = forms.CharField(label=_("Prénom"), max_length=150)
    last_name = forms.CharField(label=_("Nom"), max_length=150)

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "groups"]
        labels = {"groups": _("Groupes")}
        widgets = {"groups": forms.CheckboxSelectMultiple}
        help_texts = {"groups": _("Ce que l’agent peut faire dans l’espace des agents.")}

    def separate_username_field(self):
        """Tell Wagtail's template that the login is the e-mail."""
        return False

    def clean_email(self):
        email = normalise_email(self.cleaned_data["email"])
        if User.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Un compte existe déjà avec ce courriel."))
        return email


class StaffUserCreationForm(StaffForm):
    """A new staff member; they get a link by mail and choose their password themselves.

    A resident's address makes that resident a staff member too: one person, one account.
    """

    def clean_email(self):
        email = normalise_email(self.cleaned_data["email"])
        existing = User.objects.filter(email=email).first()
        if existing is None:
            return email
        if existing.is_staff or not existing.is_active:
            raise ValidationError(_("Un compte existe déjà avec ce courriel."))
        self.instance = existing
        return email

    def save(self, commit=True):
        self.instance.is_staff = True
        self.instance.set_unusable_password()
        return super().save(commit)


class StaffUserEditForm(StaffForm):
    """A staff member's page."""

    class Meta(StaffForm.Meta):
        fields = [*StaffForm.Meta.fields, "is_active"]
        labels = {**StaffForm.Meta.labels, "is_active": _("Actif")}

    def __init__(self, *args, editing_self=False, **kwargs):
        super().__init__(*args, **kwargs)
        if editing_self:
            del self.fields["is_active"]
            del self.fields["groups"]
