from .pages import ProcedureIndexPage, ProcedurePage
from .taxonomy import ProcedureTheme, Situation

__all__ = ["ProcedureIndexPage", "ProcedurePage", "ProcedureTheme", "Situation"]
