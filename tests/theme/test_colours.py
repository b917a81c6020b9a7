import colorsys

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from theme import colours

any_colour = st.tuples(*[st.integers(0, 255)] * 3).map(lambda rgb: colours.to_hex(*rgb))


@pytest.mark.parametrize(("first", "second", "ratio"), [("#000000", "#ffffff", 21), ("#767676", "#ffffff", 4.54)])
def test_contrast_is_that_of_wcag(first, second, ratio):
    assert colours.contrast(first, second) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize("wrong", ["", "red", "#fff", "#12345g", "#0f5f63 ", None, 12])
def test_what_is_no_colour_is_refused(wrong):
    with pytest.raises(ValueError, match="colour"):
        colours.parse(wrong)


@given(any_colour, any_colour)
def test_contrast_is_symmetrical_and_bounded(first, second):
    assert colours.contrast(first, second) == colours.contrast(second, first)
    assert 1 <= colours.contrast(first, second) <= 21


@given(any_colour)
def test_nearest_passing_passes_and_leaves_a_good_colour_alone(colour):
    nearest = colours.nearest_passing(colour)
    assert colours.passes(nearest)
    assert (nearest == colour) == colours.passes(colour)


@given(any_colour)
def test_nearest_passing_is_near(colour):
    """A touch lighter would not pass: nothing is darkened more than it must be."""
    assume(not colours.passes(colour))
    assert colours.contrast(colours.nearest_passing(colour)) < colours.MINIMUM_CONTRAST + 0.15


@given(any_colour)
def test_nearest_passing_keeps_the_hue(colour):
    hue, _lightness, saturation = _hls(colour)
    assume(saturation > 0.3)
    nearest_hue = _hls(colours.nearest_passing(colour))[0]
    assert min(abs(hue - nearest_hue), 1 - abs(hue - nearest_hue)) < 0.02


def _hls(colour):
    hue, lightness, saturation = colorsys.rgb_to_hls(*(value / 255 for value in colours.parse(colour)))
    return hue, lightness, saturation
