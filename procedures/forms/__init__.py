"""The form engine: a definition and answers become controls on a page, words in a summary, sentences about mistakes.

Nothing here writes but `FormContext.receive`, which hands an uploaded file to the documents.
"""

from .answers import (
    Line,
    Problem,
    context_of_cases,
    correctable,
    display,
    file_ids,
    learn,
    line_of,
    merged,
    only_named,
    problems_of,
    shown_text,
    steps_of,
)
from .carrying import migrate
from .context import FormContext, context_of
from .prefill import prefilled
from .step_form import StepForm

__all__ = [
    "FormContext",
    "Line",
    "Problem",
    "StepForm",
    "context_of",
    "context_of_cases",
    "correctable",
    "display",
    "file_ids",
    "learn",
    "line_of",
    "merged",
    "migrate",
    "only_named",
    "prefilled",
    "problems_of",
    "shown_text",
    "steps_of",
]
