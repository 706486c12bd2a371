"""The numbers that the chapter's prose states are the numbers that the model gives."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np
import pytest

import llm_viz
from llm_viz.analyses import text_lengths
from llm_viz.model import LanguageModel
from llm_viz.studies import generations

pytestmark = pytest.mark.real_model


def after(lm: LanguageModel, text: str, temperature: float = 1.0):
    logits = lm.run(text, sites=("logits",), positions=[-1]).logits_at()
    return llm_viz.next_token_distribution(logits, temperature)


def prob(lm: LanguageModel, text: str, token: str) -> float:
    (token_id,) = lm.token_ids(token, add_start=False)
    return float(after(lm, text).probs[token_id])


def test_n1_a_probability_for_every_token(lm) -> None:
    assert len(after(lm, "The cat sat on the").probs) == 49_152
    assert prob(lm, "The cat sat on the", " mat") == pytest.approx(0.32, abs=0.01)
    assert prob(lm, "The quick brown fox jumps over the lazy", " dog") == pytest.approx(
        0.9, abs=0.01
    )
    assert prob(lm, "Once upon a time", ",") > 0.5
    assert (after(lm, "The cat sat on the").probs > 0).all()


def test_n2_the_nucleus_by_temperature(lm) -> None:
    text = "She opened the door and saw"
    sizes = [after(lm, text, t).nucleus_size(0.9) for t in (0.2, 1, 2)]
    assert sizes == [2, 74, pytest.approx(11_000, rel=0.03)]


def test_n2_how_alike_six_texts_are() -> None:
    study = generations.load()  # tests/studies computes a sample of it again
    by_temperature = {found.temperature: found for found in generations.alike(study.texts)}
    for temperature, found in by_temperature.items():
        assert set(found.different.values()) == {6 if temperature else 1}
    cool = by_temperature[0.2]
    assert min(cool.shared.values()) == pytest.approx(0.15, abs=0.005)
    assert max(cool.shared.values()) == pytest.approx(0.31, abs=0.005)
    assert cool.unrelated == pytest.approx(0.08, abs=0.005)
    own = by_temperature[1].shared.values()
    assert sum(own) / len(own) == pytest.approx(0.09, abs=0.005)
    assert by_temperature[1].unrelated == pytest.approx(0.09, abs=0.005)
    assert max(by_temperature[1.5].shared.values()) < 0.02  # "next to nothing"


def test_n4_tokens(lm) -> None:
    assert len(lm.token_ids("2026", add_start=False)) == 4
    assert lm.token_ids(" cat") != lm.token_ids("cat")
    assert lm.run("The cat")["embed"].shape == (3, 576)
    trace = lm.run("The cat sat on the mat")
    assert trace.tokens[1] == "The"
    assert trace.tokens[5] == "·the"
    assert not np.array_equal(trace["embed"][1], trace["embed"][5])
    assert "⟨E4⟩" in "".join(lm.tokens("你好"))


def test_n4_languages(lm) -> None:
    notebook = json.loads(Path("notebooks/next_word.ipynb").read_text(encoding="utf-8"))
    sources = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
    bread = ast.literal_eval(sources["code-languages"].removeprefix("bread = "))
    cut = {
        language: text_lengths(text, len(lm.token_ids(text, add_start=False)))
        for language, text in bread.items()
    }
    assert len(cut) == 7
    assert max(cut, key=lambda language: cut[language].tokens) == "Hindi"
    assert (cut["English"].tokens, cut["Hindi"].tokens) == (14, 63)  # four and a half times
    dearest = max(cut, key=lambda language: cut[language].tokens_per_character)
    assert dearest == "Chinese"
    assert cut["Chinese"].tokens_per_character == pytest.approx(1.6, abs=0.05)
    assert cut["Chinese"].tokens / cut["English"].tokens == 1.5  # "half as many again"


def test_n5_coffee_and_cheque(lm) -> None:
    coffee = after(lm, "I like my coffee with cream and")
    assert [lm.tokenizer.show(i) for i, _ in coffee.top(2)] == ["·I", "·sugar"]
    assert coffee.top(2)[1][1] == pytest.approx(0.07, abs=0.005)
    bank = after(lm, "John wants his bank to cash the")
    assert [lm.tokenizer.show(i) for i, _ in bank.top(2)] == ["·money", "·funds"]
    assert bank.top(1)[0][1] == pytest.approx(0.09, abs=0.005)
    (check,) = lm.token_ids(" check", add_start=False)
    assert bank.order.tolist().index(check) > 20


def test_n6_ten_phrasings(lm) -> None:
    assert prob(lm, "capital france", " Paris") == pytest.approx(1e-4, rel=0.5)
    two = "Berlin is the capital of Germany. Rome is the capital of Italy. "
    assert prob(lm, two + "The capital of France is", " Paris") == pytest.approx(0.93, abs=0.01)
    plain = prob(lm, "The capital of France is", " Paris")
    assert prob(lm, "Paris is the capital of France. The capital of France is", " Paris") < plain
    chat = prob(lm, "Q: What is the capital of France?\nA:", "<|im_end|>")
    assert chat == pytest.approx(0.72, abs=0.01)
