"""Addresses of accounts. They stand before Wagtail's: the second factor is under /admin/ without being Wagtail's."""

from django.urls import path

from .views import links, login, outbox, password, second_factor, session, towns

app_name = "accounts"

urlpatterns = [
    path("connexion/", session.LoginView.as_view(), name="login"),
    path("deconnexion/", session.logout_view, name="logout"),
    path("creer-un-compte/", links.RegisterView.as_view(), name="register"),
    path(
        "creer-un-compte/courriel-envoye/",
        links.SentView.as_view(extra_context={"title": "Consultez votre messagerie", "ask_again": "accounts:register"}),
        name="register_sent",
    ),
    path("creer-un-compte/<str:token>/", links.ActivateView.as_view(), name="activate"),
    path("mot-de-passe/", links.PasswordRequestView.as_view(), name="password_reset"),
    path(
        "mot-de-passe/courriel-envoye/",
        links.SentView.as_view(
            extra_context={"title": "Consultez votre messagerie", "ask_again": "accounts:password_reset"}
        ),
        name="password_sent",
    ),
    path("mot-de-passe/<str:token>/", links.PasswordLinkView.as_view(), name="password_link"),
    path("mon-compte/mot-de-passe/", password.PasswordChangeView.as_view(), name="password_change"),
    path("mon-compte/identifiant/", login.LoginChangeView.as_view(), name="login_change"),
    path("mon-compte/identifiant/<str:token>/", login.LoginLinkView.as_view(), name="login_link"),
    path("mon-compte/profil-courant/", session.current_profile, name="current_profile"),
    path("communes/", towns.find, name="towns"),
    path("_courriels/", outbox.outbox, name="outbox"),
    path("_courriels/<int:mail_id>/", outbox.outbox_html, name="outbox_html"),
    path("admin/second-facteur/", second_factor.home, name="second_factor"),
    path("admin/second-facteur/installation/", second_factor.set_up, name="second_factor_set_up"),
    path("admin/second-facteur/codes/", second_factor.renew_codes, name="second_factor_codes"),
    path("admin/second-facteur/codes/telecharger/", second_factor.download_codes, name="second_factor_download"),
    path("admin/agents/<int:user_id>/second-facteur/", second_factor.reset, name="second_factor_reset"),
]
