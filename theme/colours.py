"""Colours of the brand: is a colour readable on white, and which near one is? Pure functions over `#rrggbb` strings."""

import colorsys
import re

MINIMUM_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
_HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


def parse(colour):
    """Return the (red, green, blue) of `#rrggbb`, each from 0 to 255. Raise ValueError for anything else."""
    if not isinstance(colour, str) or not _HEX.fullmatch(colour):
        raise ValueError(f"not a #rrggbb colour: {colour!r}")
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def to_hex(red, green, blue):
    """Return `#rrggbb` for three numbers from 0 to 255."""
    return f"#{red:02x}{green:02x}{blue:02x}"


def relative_luminance(colour):
    """Return the relative luminance of WCAG: 0 for black, 1 for white."""
    channels = (value / 255 for value in parse(colour))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(first, second="#ffffff"):
    """Return the contrast ratio of two colours, from 1 to 21. On white and under white text are the same ratio."""
    light, dark = sorted((relative_luminance(first), relative_luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def passes(colour, minimum=MINIMUM_CONTRAST):
    """Return whether `colour` reaches `minimum` on white and under white text."""
    return contrast(colour) >= minimum


def nearest_passing(colour, minimum=MINIMUM_CONTRAST):
    """Return `colour` if it passes, else the lightest colour of the same hue and saturation that does."""
    if passes(colour, minimum):
        return colour.lower()
    hue, lightness, saturation = colorsys.rgb_to_hls(*(value / 255 for value in parse(colour)))
    low, high = 0.0, lightness  # black passes, `colour` does not: the border lies between
    for _step in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if passes(_of_hls(hue, middle, saturation), minimum) else (low, middle)
    return _of_hls(hue, low, saturation)


def _of_hls(hue, lightness, saturation):
    return to_hex(*(round(value * 255) for value in colorsys.hls_to_rgb(hue, lightness, saturation)))
