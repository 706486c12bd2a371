"""Generation: equal to the library's where nothing is drawn, reproducible where something is."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import transformers

import llm_viz
from llm_viz.model import LanguageModel, Sampling

PROMPTS = ["The cat sat on the", "Once upon a time", "def fibonacci(n):\n", "1, 2, 3, 4,"]


@pytest.mark.parametrize("family", ["llama", "gpt2", "qwen3", "gpt_neox"])
def test_greedy_equals_the_library_on_tiny_models(family: str, tiny_folder) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    model = transformers.AutoModelForCausalLM.from_pretrained(tiny_folder(family))
    ids = lm.token_ids("the cat sat")
    expected = model.generate(torch.tensor([ids]), max_new_tokens=20, do_sample=False)
    assert (
        lm.generate("the cat sat", 20, temperature=0).token_ids == expected[0, len(ids) :].tolist()
    )


@pytest.mark.real_model
@pytest.mark.parametrize("prompt", PROMPTS)
def test_greedy_equals_the_library_on_the_real_model(lm, reference, prompt: str) -> None:
    ids = lm.token_ids(prompt)
    expected = reference.generate(torch.tensor([ids]), max_new_tokens=24, do_sample=False)
    made = lm.generate(prompt, 24, temperature=0)
    assert made.token_ids == expected[0, len(ids) :].tolist()
    assert made.tokens_per_second > 0


def test_the_cache_changes_nothing(tiny: LanguageModel) -> None:
    made = tiny.generate("the cat", 12, temperature=0)
    grown = tiny.token_ids("the cat")
    for step in made.steps:
        logits = tiny.network.readout(tiny.network.forward(torch.tensor([grown])))[0, -1]
        assert step.token_id == int(logits.argmax())
        assert step.prob == pytest.approx(float(logits.softmax(-1)[step.token_id]), rel=1e-4)
        grown.append(step.token_id)


def test_reading_on_from_a_cache_equals_reading_at_once(tiny: LanguageModel) -> None:
    ids = torch.tensor([tiny.token_ids("the cat sat on the mat")])
    cache = tiny.network.new_cache(1, ids.shape[1])
    parts = [tiny.network.forward(part, cache=cache) for part in ids.split(3, dim=1)]
    np.testing.assert_allclose(torch.cat(parts, 1), tiny.network.forward(ids), atol=1e-5)


def test_a_seed_gives_the_same_text_and_another_seed_another(tiny: LanguageModel) -> None:
    first, again, other = (tiny.generate("the", 30, 1.5, seed=s) for s in (3, 3, 4))
    assert first.token_ids == again.token_ids
    assert first.token_ids != other.token_ids


def test_streaming_gives_the_same_steps(tiny: LanguageModel) -> None:
    seen = []
    made = tiny.generate("the", 10, seed=1, on_step=seen.append)
    assert tuple(seen) == made.steps == tuple(tiny.stream("the", 10, seed=1))
    assert made.tokens == [step.token for step in seen]
    assert str(made) == "the" + made.text


def test_interrupting_keeps_what_was_written(tiny: LanguageModel) -> None:
    seen = []

    def stop_after_three(step) -> None:
        seen.append(step)
        if len(seen) == 3:
            raise KeyboardInterrupt

    made = tiny.generate("the", 20, seed=1, on_step=stop_after_three)
    assert made.stopped == "interrupted"
    assert len(made.steps) == 3


def test_it_stops_at_a_stop_token_and_at_the_end_of_the_context(tiny: LanguageModel) -> None:
    cut = next(
        made
        for seed in range(500)
        if (made := tiny.generate("the", 40, 3.0, seed=seed)).stopped == "stop token"
    )
    assert cut.token_ids[-1] in tiny.tokenizer.stop_ids
    assert "</s>" not in cut.text
    room = tiny.dims.n_ctx - len(tiny.token_ids("the cat"))
    full = tiny.generate("the cat", 1000, temperature=0)
    assert full.stopped == "context full"
    assert len(full.steps) == room
    assert tiny.generate("the cat", 0).steps == ()


def test_top_k_of_one_is_greedy_whatever_the_temperature(tiny: LanguageModel) -> None:
    greedy = tiny.generate("the cat", 10, temperature=0).token_ids
    assert tiny.generate("the cat", 10, temperature=4, top_k=1, seed=9).token_ids == greedy


def test_texts_side_by_side_equal_one_by_one(tiny: LanguageModel) -> None:
    samplings = [Sampling(t, seed=s) for t in (0, 1.0, 3.0) for s in range(6)]
    together = tiny.generate_many("the cat", samplings, max_new_tokens=25)
    assert "stop token" in {made.stopped for made in together}  # some end before others
    for sampling, made in zip(samplings, together, strict=True):
        alone = tiny.generate("the cat", 25, sampling.temperature, seed=sampling.seed)
        assert made.token_ids == alone.token_ids
        assert made.text == alone.text
        assert made.stopped == alone.stopped
    with pytest.raises(ValueError, match="samplings is empty"):
        tiny.generate_many("the cat", [])


@pytest.mark.parametrize("temperature", [0, 0.5, 1.0, 2.0])
def test_each_step_keeps_what_it_was_drawn_from(tiny: LanguageModel, temperature: float) -> None:
    made = tiny.generate("the cat", 8, temperature, top_k=20, seed=2, alternatives=4)
    grown = tiny.token_ids("the cat")
    for step in made.steps:
        logits = tiny.network.readout(tiny.network.forward(torch.tensor([grown])))[0, -1]
        now = llm_viz.next_token_distribution(logits, temperature, top_k=20)
        own = llm_viz.next_token_distribution(logits)
        assert [a.token_id for a in step.alternatives] == own.order[:4].tolist()
        for candidate in (step, *step.alternatives):
            assert candidate.chance == pytest.approx(now.probs[candidate.token_id], rel=1e-4)
            assert candidate.prob == pytest.approx(own.probs[candidate.token_id], rel=1e-4)
            assert candidate.token == tiny.tokenizer.show(candidate.token_id)
        grown.append(step.token_id)


def test_alternatives_change_no_text(tiny: LanguageModel) -> None:
    for temperature in (0, 1.0):
        plain = tiny.generate("the", 10, temperature, seed=1)
        assert all(step.alternatives == () for step in plain.steps)
        full = tiny.generate("the", 10, temperature, seed=1, alternatives=400)
        assert full.token_ids == plain.token_ids
        assert full.sampling == Sampling(temperature, seed=1)
        assert {len(step.alternatives) for step in full.steps} == {tiny.dims.d_vocab}
    with pytest.raises(ValueError, match="alternatives is -1"):
        tiny.generate("the", 1, alternatives=-1)
