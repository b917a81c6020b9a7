from .base import ResidentPage
from .bookings import EnrolmentsPage, ReservationsPage
from .cases import CasesPage
from .contracts import ConsumptionPage, ContractsPage
from .dashboard import DashboardPage
from .documents import DocumentsPage
from .family import FamilyPage
from .invoices import InvoicesPage
from .notifications import NotificationsPage
from .personal_data import PersonalDataPage

__all__ = [
    "CasesPage",
    "ConsumptionPage",
    "ContractsPage",
    "DashboardPage",
    "DocumentsPage",
    "EnrolmentsPage",
    "FamilyPage",
    "InvoicesPage",
    "NotificationsPage",
    "PersonalDataPage",
    "ReservationsPage",
    "ResidentPage",
]
