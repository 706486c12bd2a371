"""Formulas as MathML: what is drawn, what is kept beside it, what is refused."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from llm_viz.site.maths import FormulaError, to_mathml


def texts(mathml: str, tag: str) -> list[str | None]:
    return [element.text for element in ET.fromstring(mathml).iter(tag)]  # noqa: S314


def test_keeps_the_latex_as_annotation_and_alternative() -> None:
    mathml = to_mathml(r"a < b", block=False)
    root = ET.fromstring(mathml)  # noqa: S314
    assert root.get("alttext") == "a < b"
    assert texts(mathml, "annotation") == ["a < b"]
    assert "a &lt; b" in mathml


@pytest.mark.parametrize("block, display", [(True, "block"), (False, "inline")])
def test_says_how_it_stands(block: bool, display: str) -> None:
    assert ET.fromstring(to_mathml("x", block=block)).get("display") == display  # noqa: S314


def test_draws_a_softmax() -> None:
    mathml = to_mathml(r"p_i = \frac{\exp(z_i / T)}{\sum_j \exp(z_j / T)}", block=True)
    assert len(texts(mathml, "mfrac")) == 1
    assert "exp" in texts(mathml, "mi")
    assert "∑" in texts(mathml, "mo")


@pytest.mark.parametrize(
    "latex",
    [
        r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
        r"\begin{align} a &= b \\ c &= d \end{align}",
        r"a &= b \\ c &= d",
    ],
)
def test_aligns_lines_without_numbers(latex: str) -> None:
    mathml = to_mathml(latex, block=True)
    assert len(texts(mathml, "mtr")) == 2
    assert "(1)" not in texts(mathml, "mtext")


@pytest.mark.parametrize(
    "latex",
    [r"\notacommand{x}", r"\frac{1}", "x_{", "}", "", r"a & b", r"\begin{nothing}x\end{nothing}"],
)
def test_refuses_what_it_cannot_draw(latex: str) -> None:
    with pytest.raises(FormulaError, match="formula"):
        to_mathml(latex, block=True)


@pytest.mark.parametrize("latex", [r"50\,\%", r"\{a, b\}", r"\text{a \& b}", r"P \& Q"])
def test_takes_escaped_signs_for_what_they_are(latex: str) -> None:
    assert "<math" in to_mathml(latex, block=False)
