"""Geometry of the bar chart: pure functions, drawn by `theme/components/bar_chart.html`."""

import math
from decimal import Decimal

PLOT_TOP, PLOT_HEIGHT = 24, 180  # pixels; the width follows the page, so x and widths are percentages
PLOT_LEFT = 8
WIDE_LABELS, PHONE_LABELS = 24, 6  # how many labels fit under the axis
WIDE_VALUES, PHONE_VALUES = 30, 10  # up to how many bars the value stands above each


def scale_of(maximum):
    """Return the graduations of an axis from 0 to at least `maximum`: three to six round figures."""
    if maximum <= 0:
        return [Decimal(0), Decimal(1)]
    step = Decimal(1).scaleb(Decimal(maximum).adjusted())
    for factor in (Decimal("0.2"), Decimal("0.25"), Decimal("0.5"), Decimal(1), Decimal(2)):
        if step * factor * 5 >= maximum:
            step *= factor
            break
    count = math.ceil(Decimal(maximum) / step)
    return [step * i for i in range(count + 1)]


def bars_of(series, ticks):
    """Return each of `series` with x, width (percent) and y, height (pixels) of its bar, on the axis of `ticks`."""
    slot = Decimal(100 - PLOT_LEFT) / max(len(series), 1)
    width = min(slot * Decimal("0.62"), Decimal(9))
    bars = []
    for index, item in enumerate(series):
        height = Decimal(item["value"]) / ticks[-1] * PLOT_HEIGHT
        centre = PLOT_LEFT + slot * (index + Decimal("0.5"))
        bars.append(
            {
                **item,
                "x": f"{centre - width / 2:.2f}%",
                "width": f"{width:.2f}%",
                "centre": f"{centre:.2f}%",
                "y": f"{y_of(item['value'], ticks):.1f}",
                "height": f"{height:.1f}",
                "value_y": f"{y_of(item['value'], ticks) - 7:.1f}",
                "label_on": _where(len(series) - 1 - index, len(series)),
                "value_on": "" if len(series) > WIDE_VALUES else "wide" if len(series) > PHONE_VALUES else "all",
            }
        )
    return bars


def _where(rank, count):
    """Return on which screens the label of the bar `rank` places before the last shows: "all", "wide" or "" (none).
    The last one always does."""
    if rank % math.ceil(count / PHONE_LABELS) == 0:
        return "all"
    return "wide" if rank % math.ceil(count / WIDE_LABELS) == 0 else ""


def y_of(value, ticks):
    """Return the height on the drawing, in pixels from its top, of `value`."""
    return PLOT_TOP + PLOT_HEIGHT - Decimal(value) / ticks[-1] * PLOT_HEIGHT
