"""What every tile of the dashboard is; `tiles.py` lists those that staff choose from."""

from wagtail import blocks


class Tile(blocks.StructBlock):
    """Base of the tiles. `wide` tiles take a whole row; `data` returns the template's context, or None to hide."""

    wide = False

    def data(self, value, space):
        return {}

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context=parent_context)
        context.update(self.data(value, context["request"].space) or {})
        return context
