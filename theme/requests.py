"""Attributes of a request that are looked up the first time they are asked for."""

# One class for each kind of request and each set of attributes, made once.
_classes = {}


def extend(request, attributes):
    """Give `request` the cached properties of the class `attributes`.

    Plain attributes would have to be looked up at once, and a lazy object can't be compared with None.
    """
    kind = type(request)
    if (kind, attributes) not in _classes:
        _classes[kind, attributes] = type(kind.__name__, (attributes, kind), {})
    request.__class__ = _classes[kind, attributes]
