from .base import ResidentPage
from .contracts import ConsumptionPage, ContractsPage
from .dashboard import DashboardPage
from .invoices import InvoicesPage
from .personal_data import PersonalDataPage

__all__ = ["ConsumptionPage", "ContractsPage", "DashboardPage", "InvoicesPage", "PersonalDataPage", "ResidentPage"]
