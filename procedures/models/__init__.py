from .appointments import Appointment, AppointmentClosure, AppointmentKind, AppointmentRange
from .cases import Case, CaseEvent, CaseFile, CaseMessage, EmailConfirmation, SavedView
from .catalogue import ProcedureIndexPage
from .erased import ErasedCase
from .exports import CaseExport
from .letters import CaseDocument, LetterTemplate
from .pages import ProcedurePage
from .taxonomy import ProcedureTheme, Situation
from .versions import ProcedureVersion

__all__ = [
    "Appointment",
    "AppointmentClosure",
    "AppointmentKind",
    "AppointmentRange",
    "Case",
    "CaseDocument",
    "CaseEvent",
    "CaseExport",
    "CaseFile",
    "CaseMessage",
    "EmailConfirmation",
    "ErasedCase",
    "LetterTemplate",
    "ProcedureIndexPage",
    "ProcedurePage",
    "ProcedureTheme",
    "ProcedureVersion",
    "SavedView",
    "Situation",
]
