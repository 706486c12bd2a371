"""What each head does in the indirect-object task: three kinds of evidence.

- what a head *writes*: its direct share of the logit difference (`llm_viz.analyses.attribution`);
- what it *looks at*: its attention between the places that matter;
- what *hangs on it*: by how much the difference falls if the head's own output, at one place, comes
  from a prompt that differs in one name (activation patching), or rises the other way round.

Which heads earn a name by it is left to `llm_viz.studies.indirect_classes`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses.attention import ranked_heads
from llm_viz.analyses.attribution import attribution_sites, logit_attribution
from llm_viz.model import LanguageModel
from llm_viz.sampling import next_token_distribution
from llm_viz.studies.indirect_prompts import Prompt
from llm_viz.trace import Trace

Array = np.ndarray[Any, np.dtype[Any]]
Look = Literal[
    "end to", "end giver first", "end giver", "giver giver first", "giver next", "next giver first"
]

# From which place to which: "giver first" is the giver's first mention, "next" the token after it.
LOOKS: tuple[Look, ...] = (
    "end to",
    "end giver first",
    "end giver",
    "giver giver first",
    "giver next",
    "next giver first",
)


@dataclass(frozen=True)
class Places:
    """The positions of a prompt's tokens that matter; 0 is the start token.

    Attributes:
        to: the indirect object.
        giver_first: the giver's first mention.
        next: the token after that.
        giver: the giver's second mention.
        end: the last token.
    """

    to: int
    giver_first: int
    next: int
    giver: int
    end: int

    def of(self, look: Look) -> tuple[int, int]:
        """From which position to which a look goes."""
        return {
            "end to": (self.end, self.to),
            "end giver first": (self.end, self.giver_first),
            "end giver": (self.end, self.giver),
            "giver giver first": (self.giver, self.giver_first),
            "giver next": (self.giver, self.next),
            "next giver first": (self.next, self.giver_first),
        }[look]


def places(lm: LanguageModel, prompt: Prompt) -> Places:
    """Where in a prompt its people stand.

    Raises:
        ValueError: a name is not one token to this model, or does not come as often as it should.
    """
    ids = lm.readable(prompt.text)
    found = {}
    for name, times in ((prompt.to, 1), (prompt.giver, 2)):
        token = lm.token_id(f" {name}")
        found[name] = [i for i, each in enumerate(ids) if each == token]
        if len(found[name]) != times:
            raise ValueError(
                f"{name} stands {len(found[name])} times in {prompt.text!r} as a word of its own; "
                f"expected {times}"
            )
    (to,), (first, second) = found[prompt.to], found[prompt.giver]
    return Places(to, first, first + 1, second, len(ids) - 1)


# --- one prompt ---------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Reading:
    """What a model makes of one prompt.

    Attributes:
        prompt: the prompt.
        difference: logit of the indirect object less that of the giver; above 0 is right.
        prob_to, prob_giver: their probabilities.
        best: the token that the model finds most likely, as shown to people.
        to_share, giver_share: (layer, head) what each head adds by itself to the logit of the one
            and of the other, both less that of a name that is not there (`Prompt.third`).
        looks: (look, layer, head) the attention in `LOOKS`.
    """

    prompt: Prompt
    difference: float
    prob_to: float
    prob_giver: float
    best: str
    to_share: Array
    giver_share: Array
    looks: Array

    @property
    def direct(self) -> Array:
        """(layer, head) what each head adds to the difference by itself."""
        rows: Array = self.to_share - self.giver_share
        return rows

    def top(self, k: int = 10) -> list[tuple[int, int, float]]:
        """The ``k`` heads (layer, head, logits) that push furthest, up or down, furthest first."""
        best = ranked_heads(np.abs(self.direct))[:k]
        return [(*head, float(self.direct[head])) for head in best]


def measure(lm: LanguageModel, prompt: Prompt) -> Reading:
    """What a model makes of one prompt.

    Raises:
        ValueError: a name is not one token, or does not come as often as it should.
    """
    return measure_many(lm, [prompt])[0]


def measure_many(lm: LanguageModel, several: Sequence[Prompt]) -> list[Reading]:
    """Likewise, of several prompts; changes that are in force (`LanguageModel.edit`) count."""
    texts = [prompt.text for prompt in several]
    spots = [places(lm, prompt) for prompt in several]
    sites = (*attribution_sites(), "pattern", "logits")
    traces = lm.run_many(texts, sites, positions=[-1])
    return [_reading(lm, *each) for each in zip(several, spots, traces, strict=True)]


def _reading(lm: LanguageModel, prompt: Prompt, spots: Places, trace: Trace) -> Reading:
    logits = trace.logits_at().astype(np.float64)
    to, giver = answers(lm, prompt)
    probs = next_token_distribution(logits).probs
    pattern = trace["pattern"]
    return Reading(
        prompt,
        float(logits[to] - logits[giver]),
        float(probs[to]),
        float(probs[giver]),
        lm.tokenizer.show(int(logits.argmax())),
        *shares(lm, prompt, trace),
        np.stack([pattern[:, :, query, key] for query, key in map(spots.of, LOOKS)]),
    )


def answers(lm: LanguageModel, prompt: Prompt) -> tuple[int, int]:
    """The tokens of the right answer and of the wrong one."""
    return lm.token_id(f" {prompt.to}"), lm.token_id(f" {prompt.giver}")


def shares(lm: LanguageModel, prompt: Prompt, trace: Trace) -> tuple[Array, Array]:
    """What each head adds by itself to the logit of the indirect object, and to the giver's.

    Both (layer, head), less what it adds to the logit of a name that is not there.
    """
    found = logit_attribution(lm, trace, answers(lm, prompt), minus=f" {prompt.third}")
    to, giver = found.where("head").T.reshape(2, lm.dims.n_layers, lm.dims.n_heads)
    return to, giver


# --- all heads ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Effects:
    """By how much a prompt's logit difference falls if one head's output comes from elsewhere.

    All (prompt, layer, head), in logits.

    Attributes:
        end: at the last token, from the prompt in which the other one gives (`Prompt.swapped`).
        end_indirect: of that, what does not come from the head's own share of the logits: what
            later parts make of its output.
        giver: at the giver's second mention, from the prompt in which it is the first
            (`Prompt.third_named`).
        next: at the token after the giver's first mention, from the same prompt.
    """

    end: Array
    end_indirect: Array
    giver: Array
    next: Array


def effects(lm: LanguageModel, several: Sequence[Prompt]) -> Effects:
    """Patch every head at every place that matters, one at a time."""
    found = [_effects(lm, prompt) for prompt in tqdm(several, "patching heads", unit="prompt")]
    return Effects(*map(np.stack, zip(*found, strict=True)))


def _effects(lm: LanguageModel, prompt: Prompt) -> tuple[Array, ...]:
    spots = places(lm, prompt)
    sites = (*attribution_sites(), "z")
    clean, swapped, named = lm.run_many(
        [prompt.text, prompt.swapped, prompt.third_named], sites, positions=[-1]
    )
    plan = [
        lm.patching(source, "z", layers=layer, heads=[head], positions=[at])
        for source, at in ((swapped, spots.end), (named, spots.giver), (named, spots.next))
        for layer, head in lm.dims.heads
    ]
    swept = lm.sweep(prompt.text, plan, token_ids=answers(lm, prompt))
    base = swept.base_logits[0, 0] - swept.base_logits[0, 1]
    falls = base - (swept.logits[:, 0, 0] - swept.logits[:, 0, 1])
    end, giver, after = falls.reshape(3, lm.dims.n_layers, lm.dims.n_heads)
    scale = float(lm.final_scale(clean.at("resid_final")))
    outputs = clean.at("head_out") - swapped.at("head_out")
    own = lm.readout(outputs, token_ids=answers(lm, prompt), norm_scale=scale)
    return end, end - (own[..., 0] - own[..., 1]), giver, after


def restored(lm: LanguageModel, prompt: Prompt, heads: Sequence[tuple[int, int]]) -> Array:
    """The way back: what heads bring to a changed prompt if their output there is the clean one.

    Returns:
        (head, 3) by how much the difference rises: at the end, put into `Prompt.swapped`; at the
        giver's second mention, and at the token after the first, into `Prompt.third_named`.
    """
    spots = places(lm, prompt)
    clean = lm.run(prompt.text, ("z",))
    rises = []
    for text, at in (
        (prompt.swapped, spots.end),
        (prompt.third_named, spots.giver),
        (prompt.third_named, spots.next),
    ):
        plan = [
            lm.patching(clean, "z", layers=layer, heads=[head], positions=[at])
            for layer, head in heads
        ]
        swept = lm.sweep(text, plan, token_ids=answers(lm, prompt))
        base = swept.base_logits[0, 0] - swept.base_logits[0, 1]
        rises.append(swept.logits[:, 0, 0] - swept.logits[:, 0, 1] - base)
    return np.stack(rises, axis=-1)


def backups(
    lm: LanguageModel,
    several: Sequence[Prompt],
    before: Array,
    writers: Sequence[tuple[int, int]],
    references: Mapping[str, Sequence[str]],
) -> Array:
    """(prompt, layer, head) by how much each head's direct share rises once the writers are off.

    Args:
        lm: the model.
        several: prompts, template by template.
        before: (prompt, layer, head) the direct shares with all heads on.
        writers: (layer, head) pairs that are switched off, by their mean over the references.
        references: texts for each template of `llm_viz.studies.indirect_prompts.references`.
    """
    after = []
    few = math.ceil(len(several) / len(references))
    parts = [several[i : i + few] for i in range(0, len(several), few)]
    told = zip(parts, references.values(), strict=True)
    for prompts, texts in tqdm(list(told), "looking for backups", unit="template"):
        reference = lm.reference(texts, ("z",))
        off = lm.ablation(heads=writers, by="mean", reference=reference, per_position=True)
        with lm.edit(off):
            after += [reading.direct for reading in measure_many(lm, prompts)]
    rise: Array = np.stack(after) - before
    # What is switched off has a share no longer: nothing rises there.
    for layer, head in writers:
        rise[:, layer, head] = 0
    return rise
