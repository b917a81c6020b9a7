from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from theme import charts


@given(st.decimals(min_value=0, max_value=10**7, places=3))
def test_the_axis_reaches_the_highest_value_in_few_equal_steps(maximum):
    ticks = charts.scale_of(maximum)
    assert ticks[0] == 0
    assert ticks[-1] >= maximum
    assert 2 <= len(ticks) <= 6
    assert len({high - low for low, high in zip(ticks, ticks[1:], strict=False)}) == 1


@given(st.lists(st.integers(0, 500), min_size=1, max_size=60))
def test_bars_stay_on_the_drawing_in_order(values):
    ticks = charts.scale_of(max(values))
    bars = charts.bars_of([{"label": str(i), "value": value} for i, value in enumerate(values)], ticks)
    starts = [Decimal(bar["x"].rstrip("%")) for bar in bars]
    assert starts == sorted(starts)
    assert starts[0] >= charts.PLOT_LEFT
    assert starts[-1] + Decimal(bars[-1]["width"].rstrip("%")) <= 100
    assert all(0 <= Decimal(bar["height"]) <= charts.PLOT_HEIGHT for bar in bars)
    assert bars[-1]["label_on"] == "all"
    assert sum(bar["label_on"] == "all" for bar in bars) <= charts.PHONE_LABELS
    assert sum(bar["label_on"] != "" for bar in bars) <= charts.WIDE_LABELS
