"""Templates of reports: what is put in stands there, and nothing of it becomes HTML."""

import re

import numpy as np
import pytest
from jinja2 import UndefinedError

from senga.htmlreport import histogram, picture, render


def test_texts_are_escaped_wherever_they_stand() -> None:
    nasty = "<b a=\"1\" b='2'>&"
    section = {"title": nasty, "about": nasty, "rows": [[nasty], [nasty]]}
    page = render("report.html", title=nasty, about=[nasty], sections=[section])
    assert "<b a" not in page
    assert page.count("&lt;b a=&#34;1&#34; b=&#39;2&#39;&gt;&amp;") == 7


def test_a_fact_that_is_missing_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(UndefinedError, match="'about' is undefined"):
        render("report.html", title="x", sections=[])


def test_a_histogram_has_a_bar_for_each_bin_as_tall_as_its_count() -> None:
    shown = histogram("Sides", np.array([1.0] * 3 + [2.0] * 6 + [3.0] * 3), " px", bins=4)
    heights = [float(h) for h in re.findall(r'height="([\d.]+)" fill', shown)]
    assert heights == [70, 0, 140, 70]
    assert "<title>1 to 1.5 px: 3</title>" in shown
    assert "1 to 3 px, median 2" in shown
    assert 'aria-label="Sides"' in shown


def test_a_far_outlier_lies_in_the_last_bar() -> None:
    shown = histogram("Sides", np.array([*np.linspace(1, 2, 199), 1000.0]), "")
    assert "1.995 and more" in shown
    assert "1 to 1000, median" in shown


def test_equal_values_are_a_histogram_too() -> None:
    assert "5 to 5, median 5" in histogram("Sides", np.full(3, 5.0), "")


def test_a_picture_is_inside_the_page() -> None:
    assert picture(np.zeros((4, 5, 3), np.uint8)).startswith("data:image/webp;base64,")
