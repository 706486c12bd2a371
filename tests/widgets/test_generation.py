"""Generation: what it carries, what it answers, what it refuses."""

from __future__ import annotations

from html import escape
from xml.etree.ElementTree import tostring

import pytest

from llm_viz.model import LanguageModel, Sampling
from llm_viz.studies import generations
from llm_viz.widgets import Generation
from tests.widgets.support import ask

BRIEF = {"temperatures": (0, 1.0, 3.0), "seeds": (1, 2), "max_new_tokens": 6}
ASKED = {"kind": "generate", "text": "the dog", "temperature": 1.0, "seed": 3, "count": 4}


@pytest.fixture(scope="module")
def widget(tiny: LanguageModel) -> Generation:
    return Generation(tiny, ["the cat", "the dog"], **BRIEF)


def write(widget: Generation, **changes):
    """A whole text, asked for as the view does: a few tokens at a time."""
    ids: list[int] = []
    while True:
        reply, _ = ask(widget, **(ASKED | changes), **{"from": len(ids)})
        assert reply["ok"], reply
        (text,) = reply["packed"]["texts"]
        ids += text["ids"]
        if text["stopped"]:
            return ids, text["stopped"]


def test_it_carries_every_text_with_its_alternatives(tiny: LanguageModel, widget) -> None:
    texts = generations.unpack(widget.texts)
    assert len(texts) == 2 * (1 + 2 * 2)
    for text in texts:
        drawn = text.sampling
        alone = tiny.generate(text.prompt, 6, drawn.temperature, seed=drawn.seed)
        assert text.token_ids == alone.token_ids
        assert all(len(step.alternatives) == generations.ALTERNATIVES for step in text.steps)
    assert {each["temperature"] for each in widget.alike} == {0, 1.0, 3.0}
    assert (widget.temperature, widget.seed, widget.step) == (1.0, 1, 6)
    assert widget.tokens_per_second is None
    assert widget.linked["step"] == {"kind": "number", "min": 0, "max": 6, "whole": True}


def test_texts_that_are_there_are_enough(tiny: LanguageModel) -> None:
    made = tiny.generate_many("the", [Sampling(1.0, seed=s) for s in (4, 5)], 5)
    widget = Generation(made, title="Two texts")
    assert widget.seed == 4
    assert [text.token_ids for text in generations.unpack(widget.texts)] == [
        text.token_ids for text in made
    ]
    assert widget.texts["texts"][0]["best"]["ids"] == []
    reply, _ = ask(widget, **ASKED, **{"from": 0})
    assert not reply["ok"]
    assert "lm=" in reply["error"]


def test_the_study_is_enough() -> None:
    study = generations.load()
    widget = Generation(study, temperature=1.5, seed=2, step=3)
    assert widget.tokens_per_second == study.tokens_per_second
    assert (widget.temperature, widget.seed, widget.step) == (1.5, 2, 3)


@pytest.mark.parametrize("count", [1, 4, 100])
def test_a_reader_s_own_text_is_written_bit_by_bit(tiny: LanguageModel, widget, count) -> None:
    ids, stopped = write(widget, count=count)
    assert ids == tiny.generate("the dog", 6, 1.0, seed=3).token_ids
    assert stopped == "length"


def test_another_text_between_two_requests_changes_nothing(tiny: LanguageModel, widget) -> None:
    first = ask(widget, **ASKED, **{"from": 0})[0]["packed"]["texts"][0]["ids"]
    ask(widget, **(ASKED | {"seed": 9}), **{"from": 0})
    rest = ask(widget, **ASKED, **{"from": 4})[0]["packed"]["texts"][0]["ids"]
    assert first + rest == tiny.generate("the dog", 6, 1.0, seed=3).token_ids


def test_it_says_why_a_text_ended(tiny: LanguageModel, widget) -> None:
    cut = next(s for s in range(500) if write(widget, temperature=3.0, seed=s)[1] == "stop token")
    ids, _ = write(widget, temperature=3.0, seed=cut)
    assert ids[-1] in tiny.tokenizer.stop_ids
    assert len(ids) <= 6
    long = "cat " * 31 + "c"  # of the 64 tokens that the tiny model can read, some are left
    ids, stopped = write(Generation(tiny, "the", **(BRIEF | {"max_new_tokens": 99})), text=long)
    assert stopped in {"context full", "stop token"}
    assert ids


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"text": " "}, "empty"),
        ({"text": "cat " * 99}, "reads at most 64"),
        ({"temperature": -1}, "temperature is -1"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"seed": -4}, "seed is -4"),
    ],
)
def test_what_it_cannot_write_it_says_in_a_sentence(widget, changes, error) -> None:
    reply, _ = ask(widget, **(ASKED | changes), **{"from": 0})
    assert not reply["ok"]
    assert error in reply["error"]
    assert ask(widget, **ASKED, **{"from": 0})[0]["ok"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Generation, "give a prompt"),
        (lambda m: Generation(m, "a", seeds=()), "at least one temperature and one seed"),
        (lambda m: Generation([]), "list of texts is empty"),
        (lambda m: Generation([m.generate("a", 2)], "b"), "bring their own prompts"),
        (lambda m: Generation([m.generate("a", 2)] * 2), "give each its own seed"),
        (lambda m: Generation(m, "a", temperatures=(-1,)), "temperature is -1"),
    ],
)
def test_bad_arguments(tiny: LanguageModel, make, message) -> None:
    with pytest.raises(ValueError, match=message):
        make(tiny)


def test_the_still_picture_is_the_chosen_text(tiny: LanguageModel) -> None:
    made = [tiny.generate("<b>", 5, 1.0, seed=s) for s in (1, 2)]
    shown = tostring(Generation(made, seed=2, step=3).still(), encoding="unicode", method="html")
    assert "&lt;b&gt;" in shown
    assert "<b>" not in shown
    assert shown.count("<rect") == 3 + 1  # three tokens, and one temperature
    for step in made[1].steps[:3]:
        assert f">{escape(step.token, quote=False)}<" in shown
