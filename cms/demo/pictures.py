"""The demonstration's images, drawn by the code in the brand's colours: no third-party file."""

import math
import random
from io import BytesIO

from django.core.files.base import ContentFile
from django.utils.text import slugify
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from wagtail.images import get_image_model

SIZE = (1600, 900)
SKIES = {
    "morning": ("#f6d9a8", "#cfe3dc", "#0f5f63", "#f3b94e"),
    "noon": ("#e8f2ee", "#a9d2d0", "#0f5f63", "#fff3cf"),
    "evening": ("#f0b072", "#d9c6b0", "#2b4a52", "#e0a12f"),
    "night": ("#274b57", "#0f3036", "#06181b", "#f4e3b2"),
    "winter": ("#f2f1ec", "#c4d4da", "#4d6d78", "#ffffff"),
}


def landscape(seed, sky="noon", water=True):
    """Return the JPEG bytes of a soft landscape: sky, sun, hills one behind the other, and a river in front."""
    rng = random.Random(seed)
    low, high, ink, sun = (_rgb(colour) for colour in SKIES[sky])
    width, height = SIZE
    image = _gradient(high, low, SIZE)
    image = _glow(image, (rng.uniform(0.55, 0.85) * width, rng.uniform(0.18, 0.36) * height), 110, sun)
    layers = 5
    for layer in range(layers):
        depth = (layer + 1) / layers
        base = height * (0.42 + 0.42 * depth * (0.8 if water else 1))
        colour = _mix(low, ink, 0.22 + 0.68 * depth)
        _hill(image, rng, base, height * 0.11 * (1.15 - 0.5 * depth), colour)
    if water:
        _river(image, rng, _mix(high, ink, 0.55), _mix(low, sun, 0.5))
    return _jpeg(image.filter(ImageFilter.SMOOTH_MORE))


def meter(digits="00482", reds="317"):
    """Return the JPEG bytes of a water meter's face, its index readable: black figures count, red ones don't."""
    size = 1040
    image = _gradient(_rgb("#dfe9e6"), _rgb("#f5f4f0"), (size, size))
    draw = ImageDraw.Draw(image)
    draw.ellipse((70, 70, 970, 970), fill=_rgb("#b9862b"))
    draw.ellipse((96, 96, 944, 944), fill=_rgb("#d6a446"))
    draw.ellipse((130, 130, 910, 910), fill=_rgb("#fbfbf8"))
    font, small = ImageFont.load_default(92), ImageFont.load_default(54)
    left = 176
    for index, figure in enumerate(digits + reds):
        red = index >= len(digits)
        box = (left + index * 86, 330, left + index * 86 + 78, 452)
        draw.rounded_rectangle(box, 8, fill=_rgb("#b3261e") if red else _rgb("#1c2526"))
        draw.text((box[0] + 39, 391), figure, font=font, fill="white", anchor="mm")
    draw.text((800, 510), "m", font=small, fill=_rgb("#4d5b5d"), anchor="rm")
    draw.text((803, 490), "3", font=ImageFont.load_default(34), fill=_rgb("#4d5b5d"), anchor="lm")
    for x, y, turn in ((360, 680, 0.8), (520, 740, 2.6), (680, 680, 4.4)):
        draw.ellipse((x - 74, y - 74, x + 74, y + 74), outline=_rgb("#7d8886"), width=5)
        tip = (x + 56 * math.cos(turn), y + 56 * math.sin(turn))
        draw.line((x, y, *tip), fill=_rgb("#b3261e"), width=10)
        draw.ellipse((x - 9, y - 9, x + 9, y + 9), fill=_rgb("#b3261e"))
    return _jpeg(image)


def put_image(title, description, content):
    """Return the PortalImage of this title, created from JPEG bytes when it is missing."""
    model = get_image_model()
    found = model.objects.filter(title=title).first()
    if found:
        return found
    file = ContentFile(content(), name=f"{slugify(title)}.jpg")
    return model.objects.create(title=title, description=description, file=file)


def _rgb(colour):
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def _mix(first, second, share):
    return tuple(round(a + (b - a) * share) for a, b in zip(first, second, strict=True))


def _gradient(top, bottom, size):
    column = Image.new("RGB", (1, 256))
    column.putdata([_mix(top, bottom, y / 255) for y in range(256)])
    return column.resize(size, Image.Resampling.BICUBIC)


def _glow(image, centre, radius, colour):
    halo = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(halo)
    x, y = centre
    draw.ellipse((x - radius * 2.4, y - radius * 2.4, x + radius * 2.4, y + radius * 2.4), fill=90)
    halo = halo.filter(ImageFilter.GaussianBlur(90))
    ImageDraw.Draw(halo).ellipse((x - radius, y - radius, x + radius, y + radius), fill=235)
    halo = halo.filter(ImageFilter.GaussianBlur(2))
    return Image.composite(Image.new("RGB", image.size, colour), image, halo)


def _hill(image, rng, base, swing, colour):
    width, height = image.size
    waves = [(rng.uniform(0.5, 1.0), rng.uniform(0.6, 2.4), rng.uniform(0, 6.3)) for _ in range(3)]
    points = []
    for x in range(0, width + 1, 8):
        lift = sum(weight * math.sin(count * 2 * math.pi * x / width + shift) for weight, count, shift in waves)
        points.append((x, base + swing * lift / 2))
    shape = Image.new("L", image.size, 0)
    ImageDraw.Draw(shape).polygon([*points, (width, height), (0, height)], fill=255)
    shade = _gradient(_mix(colour, (255, 255, 255), 0.1), colour, image.size)
    image.paste(shade, (0, 0), shape.filter(ImageFilter.GaussianBlur(1.2)))


def _river(image, rng, colour, shine):
    width, height = image.size
    top, shift = height * 0.84, rng.uniform(0, 6.3)
    bank = [(x, top + 14 * math.sin(2 * math.pi * x / width + shift)) for x in range(0, width + 1, 16)]
    shape = Image.new("L", image.size, 0)
    ImageDraw.Draw(shape).polygon([*bank, (width, height), (0, height)], fill=255)
    image.paste(_gradient(_mix(colour, shine, 0.35), colour, image.size), (0, 0), shape)
    lines = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(lines)
    for row in range(7):
        y = top + 26 + row * (height - top - 26) / 7
        for _ in range(5):
            x, length = rng.uniform(0, width), rng.uniform(60, 260)
            draw.line((x, y, x + length, y), fill=70 + 12 * row, width=2 + row // 2)
    image.paste(Image.new("RGB", image.size, shine), (0, 0), lines.filter(ImageFilter.GaussianBlur(1.5)))


def _jpeg(image):
    buffer = BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=86, optimize=True)
    return buffer.getvalue()
