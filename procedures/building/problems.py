"""What the check before publication finds, and where an editor reads it."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from wagtail.blocks import (
    ListBlock,
    ListBlockValidationError,
    StreamBlock,
    StreamBlockValidationError,
    StructBlockValidationError,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """An error blocks the publication, a warning does not.

    `path` leads to what is wrong: the page's field, then the position and the type in a stream, the position in a
    list, the name in a struct: ("form", 0, "step", "fields", 2, "yes_no", "label"). `block` is the id of the nearest
    block, which the editor's anchors are made of.
    """

    level: str
    where: str
    sentence: str
    path: tuple = ()
    block: str = ""

    @property
    def is_error(self):
        return self.level == "error"

    @property
    def anchor(self):
        """Where in the editor: the block's panel, else the field's."""
        if self.block:
            return f"#block-{self.block}-section"
        return f"#panel-field-{self.path[0]}" if self.path else ""

    @property
    def alone(self):
        """The sentence as it stands beside what is wrong, where nothing needs to say where it is."""
        return self.sentence[:1].upper() + self.sentence[1:]

    def __str__(self):
        return f"{self.where} : {self.sentence}" if self.where else self.sentence


def errors(problems):
    return [problem for problem in problems if problem.is_error]


def field_errors(problems, blocks):
    """Return {page field: ValidationError} of the errors, each at its place in the field's StreamField.

    `blocks` is {page field: the top block of its StreamField}. A problem of the page itself is under "".
    """
    found = {}
    for problem in errors(problems):
        name = problem.path[0] if problem.path else ""
        found.setdefault(name, []).append((problem.path[1:], problem))
    return {
        name: _located(blocks[name], placed)
        if name in blocks
        else ValidationError([problem.alone for _path, problem in placed])
        for name, placed in found.items()
    }


def _located(block, placed):
    """Return the error of `block` that holds those of `placed` ([(path within, problem)]), however deep."""
    own = [ValidationError(problem.alone) for path, problem in placed if not path]
    inner = {}
    for path, problem in placed:
        if path:
            inner.setdefault(path[0], []).append((path[1:], problem))
    if isinstance(block, StreamBlock):
        return StreamBlockValidationError(
            {
                index: _located(block.child_blocks[entry[0][0][0]], [(path[1:], one) for path, one in entry])
                for index, entry in inner.items()
            },
            own,
        )
    if isinstance(block, ListBlock):
        return ListBlockValidationError(
            {index: _located(block.child_block, entry) for index, entry in inner.items()}, own
        )
    if hasattr(block, "child_blocks"):
        return StructBlockValidationError(
            {name: _located(block.child_blocks[name], entry) for name, entry in inner.items()}, own
        )
    return ValidationError([problem.alone for _path, problem in placed])
