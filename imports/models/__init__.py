from .batches import ColumnChoice, ImportBatch
from .rows import StagedRow, UndoEntry

__all__ = ["ColumnChoice", "ImportBatch", "StagedRow", "UndoEntry"]
