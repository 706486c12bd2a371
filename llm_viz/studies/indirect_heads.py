"""What each head does in the indirect-object task, and which heads earn a name by it.

Three kinds of evidence, each a mean over prompts with its interval:

- what a head *writes*: its direct share of the logit difference (`llm_viz.analyses.attribution`);
- what it *looks at*: its attention between the places that matter;
- what *hangs on it*: by how much the difference falls if the head's own output, at one place, comes
  from a prompt that differs in one name (activation patching).

A head that writes the answer and looks at it is a name mover. One that acts by way of later heads
is told by the place where it acts and by what it looks at there, see `classes`. The classes are
those of Wang et al., "Interpretability in the Wild" (2022), and one more, the *giver suppressor*,
that the finding half showed us: the head that writes most here does not write the answer, it writes
against the other name. The thresholds are ours and were chosen before any head was seen; that a
backup must end up writing for the answer was added after. Neither change adds a head to the circuit
or takes one out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses.attribution import attribution_sites, logit_attribution
from llm_viz.analyses.senses import CONFIDENCE, RESAMPLES, interval
from llm_viz.model import LanguageModel
from llm_viz.studies.indirect_prompts import Prompt
from llm_viz.trace import Trace

Array = np.ndarray[Any, np.dtype[Any]]
Class = Literal[
    "name mover",
    "giver suppressor",
    "negative name mover",
    "inhibition",
    "duplicate token",
    "induction",
    "previous token",
    "backup name mover",
    "other",
]
Look = Literal[
    "end to", "end giver first", "end giver", "giver giver first", "giver next", "next giver first"
]

CLASSES: tuple[Class, ...] = (
    "name mover",
    "giver suppressor",
    "negative name mover",
    "inhibition",
    "duplicate token",
    "induction",
    "previous token",
    "backup name mover",
    "other",
)
# From which place to which: "giver first" is the giver's first mention, "next" the token after it.
LOOKS: tuple[Look, ...] = (
    "end to",
    "end giver first",
    "end giver",
    "giver giver first",
    "giver next",
    "next giver first",
)
LEAST_EFFECT = 0.1  # logits: a head with less is not named
LEAST_LOOK = 0.1  # attention: a head with less does not count as looking there
SEED = 0


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
        order = np.argsort(-np.abs(self.direct), axis=None, kind="stable")[:k]
        layers, heads = np.unravel_index(order, self.direct.shape)
        return [
            (int(layer), int(head), float(self.direct[layer, head]))
            for layer, head in zip(layers, heads, strict=True)
        ]


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
    probs = np.exp(logits - logits.max())
    probs /= probs.sum()
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
    every = list(np.ndindex(lm.dims.n_layers, lm.dims.n_heads))
    plan = [
        lm.patching(source, "z", layers=layer, heads=[head], positions=[at])
        for source, at in ((swapped, spots.end), (named, spots.giver), (named, spots.next))
        for layer, head in every
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


def with_interval(values: Array, n_templates: int) -> Array:
    """The mean over prompts and its 95 % interval: (3, …): the value, its low and its high end.

    A bootstrap in two stages: templates are drawn again with replacement, and in each its pairs of
    people. So the interval also says how far the result hangs on which templates were chosen, as
    far as so few can tell. Two prompts that differ in the order of their people stay together.

    Args:
        values: (prompt, …), template by template, two that differ in their order side by side.
        n_templates: how many templates there are, with as many prompts each.

    Raises:
        ValueError: the prompts cannot be shared out so.
    """
    rows = np.asarray(values, np.float64)
    draws = (_weights(len(rows), n_templates) @ rows.reshape(len(rows), -1)).T
    ends = interval(draws, CONFIDENCE).reshape(2, *rows.shape[1:])
    told: Array = np.concatenate([rows.mean(axis=0)[None], ends])
    return told


def share_of(part: Array, whole: Array, n_templates: int) -> Array:
    """(3,): the mean of one value as a share of the mean of another, and its interval.

    Args:
        part, whole: (prompt,), drawn together; see `with_interval`.
        n_templates: likewise.
    """
    weights = _weights(len(part), n_templates)
    drawn = (weights @ part) / (weights @ whole)
    return np.array([part.mean() / whole.mean(), *interval(drawn, CONFIDENCE)])


def _weights(n_prompts: int, n_templates: int) -> Array:
    """(resample, prompt) how much each prompt counts in each draw; a draw adds up to 1."""
    if not n_prompts or n_prompts % (2 * n_templates):
        raise ValueError(
            f"there are {n_prompts} prompts; expected as many pairs of them in each of "
            f"{n_templates} templates"
        )
    n_pairs = n_prompts // (2 * n_templates)
    rng = np.random.default_rng(SEED)
    template = rng.integers(n_templates, size=(RESAMPLES, n_templates, 1))
    pair = rng.integers(n_pairs, size=(RESAMPLES, n_templates, n_pairs))
    counts = np.zeros((RESAMPLES, n_templates, n_pairs))
    np.add.at(counts, (np.arange(RESAMPLES)[:, None, None], template, pair), 1)
    weights: Array = counts.reshape(RESAMPLES, -1).repeat(2, axis=1) / n_prompts
    return weights


# --- which heads earn a name --------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of all heads, over the prompts on which they are found.

    Attributes:
        direct, to_share, giver_share: (3, layer, head) see `Reading`; each with its interval.
        end, end_indirect, giver, next: (3, layer, head) likewise, see `Effects`.
        backup: (3, layer, head) by how much a head's direct share rises once the name movers and
            the giver suppressors are switched off; zero until they are known.
        looks: (look, layer, head) mean attention in `LOOKS`.
    """

    direct: Array
    to_share: Array
    giver_share: Array
    end: Array
    end_indirect: Array
    giver: Array
    next: Array
    backup: Array
    looks: Array

    @property
    def strength(self) -> Array:
        """(layer, head) the largest effect, up or down, in logits: by it heads are ranked."""
        parts = (self.direct, self.end_indirect, self.giver, self.next)
        strongest: Array = np.max([np.abs(part[0]) for part in parts], axis=0)
        return strongest

    def look(self, name: Look) -> Array:
        """(layer, head) the mean attention of one of `LOOKS`."""
        rows: Array = self.looks[LOOKS.index(name)]
        return rows


def classes(evidence: Evidence) -> Mapping[tuple[int, int], tuple[Class, ...]]:
    """The heads that earn a name, strongest first, each with all names that it earns.

    An effect counts if it is at least `LEAST_EFFECT` and its interval leaves out 0; a look if it is
    at least `LEAST_LOOK` and larger than those it is held against.

    - *name mover*: writes for the answer, and looks from the end at the indirect object more than
      at either mention of the giver. *Negative*: writes against it, and looks at it likewise.
    - *giver suppressor*: writes against the giver's own logit and so for the answer, and looks from
      the end at the giver's second mention more than at the indirect object.
    - *inhibition*: acts at the end by way of later parts, and looks from there at the giver's
      second mention more than at the indirect object.
    - *duplicate token*, *induction*: act at the giver's second mention, and look from there at the
      first, or at the token after the first, whichever is more.
    - *previous token*: acts at the token after the giver's first mention, and looks back at it.
    - *backup name mover*: its direct share rises once those that write the answer are off, and
      is then for the answer.
    - *other*: has one of the first four effects, but looks elsewhere.
    """
    see = {name: evidence.look(name) for name in LOOKS}

    def acts(effect: Array) -> Array:
        value, low, _ = effect
        found: Array = (value >= LEAST_EFFECT) & (low > 0)
        return found

    def looks(name: Look, *others: Look) -> Array:
        found: Array = see[name] >= LEAST_LOOK
        for other in others:
            found = found & (see[name] > see[other])
        return found

    def turned(effect: Array) -> Array:
        negative: Array = -effect[[0, 2, 1]]  # the ends of the interval change places
        return negative

    against = turned(evidence.direct)
    at_answer = looks("end to", "end giver first", "end giver")
    at_giver = looks("end giver", "end to")
    movers = acts(evidence.direct) & at_answer
    suppressors = acts(evidence.direct) & acts(turned(evidence.giver_share)) & at_giver
    # What is switched off cannot step in, and less of a push the other way is no help either.
    taken_over = np.where(movers | suppressors, 0, evidence.direct[0] + evidence.backup[0])
    earned: dict[Class, Array] = {
        "name mover": movers,
        "giver suppressor": suppressors,
        "negative name mover": acts(against) & at_answer,
        "inhibition": acts(evidence.end_indirect) & at_giver,
        "duplicate token": acts(evidence.giver) & looks("giver giver first", "giver next"),
        "induction": acts(evidence.giver) & looks("giver next", "giver giver first"),
        "previous token": acts(evidence.next) & looks("next giver first"),
        "backup name mover": acts(evidence.backup) & (taken_over >= LEAST_EFFECT),
    }
    effect = acts(evidence.direct) | acts(against) | acts(evidence.end_indirect)
    effect |= acts(evidence.giver) | acts(evidence.next)
    earned["other"] = effect & ~np.any(list(earned.values()), axis=0)
    named = np.any(list(earned.values()), axis=0)
    return {
        head: tuple(name for name, found in earned.items() if found[head])
        for head in ranked(evidence.strength)
        if named[head]
    }


def ranked(strength: Array) -> list[tuple[int, int]]:
    """All (layer, head) pairs, strongest first."""
    order = np.argsort(-strength, axis=None, kind="stable")
    layers, heads = np.unravel_index(order, strength.shape)
    return [(int(layer), int(head)) for layer, head in zip(layers, heads, strict=True)]


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
