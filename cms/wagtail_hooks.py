"""What the public site adds to the back office: registers only."""

from django.templatetags.static import static
from django.utils.html import format_html_join
from wagtail import hooks
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.userbar import ContentCheckerItem
from wagtail.snippets.models import register_snippet

from .admin_panels import PublicSitePanel
from .viewsets import PublicSiteGroup

register_snippet(PublicSiteGroup)


class WcagItem(ContentCheckerItem):
    """The editor's accessibility checks: everything axe knows of WCAG 2.2 AA, not Wagtail's short list."""

    axe_run_only = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@hooks.register("construct_wagtail_userbar")
def check_wcag(request, items, page):
    """Put our accessibility checks in the place of Wagtail's."""
    items[:] = [WcagItem(in_editor=item.in_editor) if isinstance(item, ContentCheckerItem) else item for item in items]


@hooks.register("construct_homepage_panels")
def public_site_panel(request, panels):
    """Show the public site's panel to those who edit pages."""
    if user_has_any_page_permission(request.user):
        panels.append(PublicSitePanel(request))


@hooks.register("insert_global_admin_css")
def admin_css():
    """The back office in Parvis's colours, and the components of the screens that are ours."""
    sheets = [(static(name),) for name in ("cms/admin.css", "theme/css/office.css")]
    return format_html_join("", '<link rel="stylesheet" href="{}">', sheets)
