"""What every tile of the dashboard is; `tiles.py` lists those that staff choose from."""

from wagtail import blocks


class Tile(blocks.StructBlock):
    """Base of the tiles. On a wide screen, as many as `abreast` share a row (1, 2 or 3).

    `data` returns the template's context, or None to hide.
    """

    abreast = 3

    def data(self, value, space):
        return {}

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context=parent_context)
        context.update(self.data(value, context["request"].space) or {})
        return context
