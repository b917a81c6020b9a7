from .alerts import AlertBanner, Tone
from .base import EditorialPage, public_page_types
from .contact import ContactLine, ContactPage
from .help import HelpIndexPage, HelpPage, HelpSubject
from .home import FeaturedPage, HomePage
from .hours import ContactPoint, ExceptionalDate, HoursKind, OpeningHours, OpeningRange, PublicHoliday, Weekday
from .institutional import AccessibilityPage, Conformity, CookiesPage, SiteMapPage
from .media import PortalDocument, PortalImage, PortalRendition
from .menus import FooterMenu, HeaderMenu
from .news import NewsIndexPage, NewsPage
from .standard import SectionPage, StandardPage

__all__ = [
    "AccessibilityPage",
    "AlertBanner",
    "Conformity",
    "ContactLine",
    "ContactPage",
    "ContactPoint",
    "CookiesPage",
    "EditorialPage",
    "ExceptionalDate",
    "FeaturedPage",
    "FooterMenu",
    "HeaderMenu",
    "HelpIndexPage",
    "HelpPage",
    "HelpSubject",
    "HomePage",
    "HoursKind",
    "NewsIndexPage",
    "NewsPage",
    "OpeningHours",
    "OpeningRange",
    "PortalDocument",
    "PortalImage",
    "PortalRendition",
    "PublicHoliday",
    "SectionPage",
    "SiteMapPage",
    "StandardPage",
    "Tone",
    "Weekday",
    "public_page_types",
]
