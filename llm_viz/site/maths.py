"""Formulas become MathML while the book is built, so that a page needs no script to show them.

The LaTeX stays with each formula, as its annotation and as its text alternative. A formula that
cannot be turned into MathML is a warning (and so fails the build) and is shown as its LaTeX.
"""

from __future__ import annotations

import re
from html import escape
from xml.etree import ElementTree as ET

from docutils import nodes
from latex2mathml.commands import MATRICES
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
# How many children an element must have: latex2mathml leaves holes where LaTeX has an error.
ARITY = {
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2,
    "msubsup": 3, "munderover": 3,
}  # fmt: skip


ENVIRONMENTS = {command.removeprefix("\\") for command in MATRICES} | {"aligned"}
RAW_AMPERSAND = re.compile(r"&(?!#?\w+;)")


class FormulaError(ValueError):
    """A formula that cannot be drawn; the message says why."""


def to_mathml(latex: str, *, block: bool) -> str:
    r"""One formula as a ``<math>`` element.

    >>> to_mathml(r"x^2", block=False)
    '<math display="inline" alttext="x^2"><semantics><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow><annotation encoding="application/x-tex">x^2</annotation></semantics></math>'

    Raises:
        FormulaError: LaTeX that is wrong, or that the converter does not know.
    """  # noqa: E501
    latex = latex.strip()
    for environment in re.findall(r"\\begin\{(.*?)\}", latex):
        if environment not in ENVIRONMENTS:
            raise FormulaError(f"formula {latex!r} has an unknown environment {environment!r}")
    try:
        text = convert(_prepared(latex), display="block" if block else "inline")
        if "<mi>&</mi>" in text:
            raise ValueError("& stands outside an aligning environment")
        root = ET.fromstring(RAW_AMPERSAND.sub("&amp;", text))  # noqa: S314 - the converter's own
    except Exception as error:  # latex2mathml has a dozen exceptions without a common parent
        reason = str(error) or type(error).__name__
        raise FormulaError(f"formula {latex!r} is not valid LaTeX: {reason}") from error
    for element in root.iter():
        name = element.tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
        if name in ARITY and len(element) != ARITY[name]:
            raise FormulaError(f"formula {latex!r} lacks an argument (in {name})")
        if name == "mtext":
            element.text = re.sub(r"\\([&%#_$])", r"\1", element.text or "")
        elif name == "mi" and re.search(r"[\\{}]", element.text or ""):
            raise FormulaError(f"formula {latex!r} uses {element.text!r}, which is not known here")
    content = "".join(ET.tostring(child, encoding="unicode") for child in root)
    return (
        f'<math display="{root.get("display")}" alttext="{escape(latex)}"><semantics>{content}'
        f'<annotation encoding="application/x-tex">{escape(latex)}</annotation></semantics></math>'
    )


def _prepared(latex: str) -> str:
    """Name the aligning environments as the converter knows them, without equation numbers."""
    latex = re.sub(r"\\(begin|end)\{(?:aligned|split|align)\}", r"\\\1{align*}", latex)
    if r"\\" in latex and r"\begin" not in latex:
        latex = rf"\begin{{align*}}{latex}\end{{align*}}"
    return latex


def _formula(node: nodes.Element, *, block: bool) -> str:
    latex = node.astext()
    try:
        return to_mathml(latex, block=block)
    except FormulaError as error:
        logger.warning("%s", error, location=node, type="llm_viz", subtype="maths")
        return f"<code>{escape(latex)}</code>"


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write an inline formula."""
    translator.body.append(translator.starttag(node, "span", "", CLASS="math notranslate"))
    translator.body.append(_formula(node, block=False) + "</span>")
    raise nodes.SkipNode


def visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula, with its number if it has one."""
    # Wide formulas scroll by themselves; the keyboard must be able to scroll them too.
    translator.body.append(
        translator.starttag(node, "div", CLASS="math notranslate", tabindex="0", role="group")
    )
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(_formula(node, block=True) + "</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the renderer; ``_config.yml`` need not name it."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.connect("config-inited", _choose)


def _choose(_app: Sphinx, config: object) -> None:
    config.html_math_renderer = "mathml"  # type: ignore[attr-defined]
