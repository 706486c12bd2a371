"""Many texts from a few beginnings: every step with its alternatives, by temperature and seed.

The texts of one beginning are written side by side; the speed is that of one text alone. How a set
of texts is packed as JSON, for this study's file and for the view that shows it, is said here too.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tqdm.auto import tqdm

from llm_viz.analyses import likeness
from llm_viz.model import Candidate, Generation, LanguageModel, Sampling, Step, load_model
from llm_viz.studies.results import DATA, Parts, Provenance, read_json, write_json

PROMPTS = ("Once upon a time", "The best thing about an old house is", "The capital of France is")
TEMPERATURES = (0.0, 0.2, 0.7, 1.0, 1.5, 2.0)
SEEDS = (1, 2, 3, 4, 5, 6)
TOKENS = 30
ALTERNATIVES = 5
TIMED_TEXTS = 5
FILE = DATA / "generations.json"


@dataclass(frozen=True)
class Alike:
    """How alike texts are at one temperature: see `llm_viz.analyses.likeness`.

    Attributes:
        temperature: at which all of them were drawn.
        shared: share of tokens in common of texts with the same beginning and different seeds; by
            beginning.
        different: how many different texts there are; by beginning.
        unrelated: the same share for texts with different beginnings; None if there is only one.
    """

    temperature: float
    shared: Mapping[str, float]
    different: Mapping[str, int]
    unrelated: float | None


@dataclass(frozen=True)
class Generations:
    """The result of the study.

    Attributes:
        texts: each with its prompt, its ``sampling`` and its steps. At temperature 0 there is one
            text a prompt: the seed plays no part.
        tokens_per_second: how fast one text was written on the device that ``provenance`` names.
        provenance: where the numbers come from.
    """

    texts: tuple[Generation, ...]
    tokens_per_second: float
    provenance: Provenance

    def find(self, prompt: str, temperature: float, seed: int) -> Generation:
        """The text of a prompt at a temperature and a seed.

        Raises:
            KeyError: the study has no such text.
        """
        for text in self.texts:
            drawn = text.sampling
            same_seed = temperature == 0 or drawn.seed == seed
            if (text.prompt, drawn.temperature) == (prompt, temperature) and same_seed:
                return text
        raise KeyError(f"the study has no text of {prompt!r} at T = {temperature}, seed {seed}")


def load(path: Path = FILE) -> Generations:
    """The result as it was computed last."""
    held = read_json(path)
    return Generations(
        tuple(unpack(held["texts"])), held["tokens_per_second"], Provenance(**held["provenance"])
    )


def run(afresh: bool = False) -> Path:
    """Compute the study, or go on with it, and write its file."""
    lm = load_model()
    settings = {
        "prompts": list(PROMPTS),
        "temperatures": list(TEMPERATURES),
        "seeds": list(SEEDS),
        "tokens": TOKENS,
        "alternatives": ALTERNATIVES,
    }
    if not afresh and FILE.exists() and load(FILE).provenance.agrees(lm.info.weight_hash, settings):
        return FILE
    parts = Parts("generations", lm.info.weight_hash, settings, afresh=afresh)
    texts: list[Generation] = []
    with tqdm(total=len(PROMPTS) * TOKENS, desc="generations", unit="step") as bar:
        for number, prompt in enumerate(PROMPTS):
            make = partial(_part, lm, prompt, bar)
            texts += unpack(parts.get(f"prompt-{number}", make))
            bar.update((number + 1) * TOKENS - bar.n)
    made = Provenance.of(
        "generations",
        lm.info.id,
        lm.info.weight_hash,
        settings,
        packages=("numpy", "torch"),
        device=str(lm.device),
    )
    content = {
        "provenance": asdict(made),
        "tokens_per_second": parts.get("speed", lambda: speed(lm)),
        "texts": pack(texts),
    }
    write_json(FILE, content)
    parts.clear()
    return FILE


def _part(lm: LanguageModel, prompt: str, bar: tqdm[Any]) -> dict[str, Any]:
    return pack(write(lm, prompt, TEMPERATURES, SEEDS, TOKENS, bar))


def write(
    lm: LanguageModel,
    prompt: str,
    temperatures: Sequence[float] = TEMPERATURES,
    seeds: Sequence[int] = SEEDS,
    max_new_tokens: int = TOKENS,
    bar: tqdm[Any] | None = None,
) -> list[Generation]:
    """All texts of one prompt, side by side; at temperature 0 only that of the first seed."""
    samplings = [
        Sampling(temperature, seed=seed)
        for temperature in temperatures
        for seed in (seeds if temperature else seeds[:1])
    ]
    made = lm.generate_many(
        prompt,
        samplings,
        max_new_tokens,
        on_step=lambda _step: bar.update() if bar is not None else None,
        alternatives=ALTERNATIVES,
    )
    if any(text.stopped == "interrupted" for text in made):
        raise KeyboardInterrupt  # half a text is no result
    return made


def speed(lm: LanguageModel) -> float:
    """Tokens a second of one text alone: the quickest of a few, for all else only slows it."""
    timed = [lm.generate(PROMPTS[0], TOKENS, seed=seed) for seed in range(TIMED_TEXTS)]
    return round(max(text.tokens_per_second for text in timed), 1)


def alike(texts: Iterable[Generation]) -> list[Alike]:
    """How alike texts are, by temperature: those of one prompt, and those of different prompts."""
    ids: dict[float, dict[str, dict[int, list[int]]]] = {}
    for text in texts:
        at = ids.setdefault(text.sampling.temperature, {}).setdefault(text.prompt, {})
        at[text.sampling.seed] = text.token_ids
    found = []
    for temperature, by_prompt in sorted(ids.items()):
        among = {}
        for prompt, by_seed in by_prompt.items():
            # At temperature 0 every seed gives the same text; here it stands twice.
            compared = list(by_seed.values()) * (1 if temperature else 2)
            if len(compared) > 1:
                among[prompt] = likeness(compared)
        across = []
        if len(by_prompt) > 1:
            seeds = set.intersection(*(set(by_seed) for by_seed in by_prompt.values()))
            sets = [[by_seed[seed] for by_seed in by_prompt.values()] for seed in sorted(seeds)]
            across = [likeness(each).shared for each in sets]
        found.append(
            Alike(
                temperature,
                {prompt: each.shared for prompt, each in among.items()},
                {prompt: each.different for prompt, each in among.items()},
                statistics.fmean(across) if across else None,
            )
        )
    return found


def pack(texts: Iterable[Generation]) -> dict[str, Any]:
    """Texts as JSON holds them: columns instead of steps, each token's name once.

    Of each step there is the token, its probability when it was drawn (``chances``) and that which
    the model itself gave it (``probs``), both in per cent; of its alternatives the same, one step
    after the other. Where the two are equal, as at temperature 1, there are no ``chances``.
    """
    names: dict[str, str] = {}
    packed = []
    for text in texts:
        best = [candidate for step in text.steps for candidate in step.alternatives]
        for candidate in (*text.steps, *best):
            names[str(candidate.token_id)] = candidate.token
        packed.append(
            {
                "prompt": text.prompt,
                "temperature": text.sampling.temperature,
                "seed": text.sampling.seed,
                "text": text.text,
                "seconds": round(text.seconds, 2),
                "stopped": text.stopped,
                **_columns(text.steps),
                "best": _columns(best),
            }
        )
    return {"names": names, "texts": packed}


def unpack(packed: Mapping[str, Any]) -> list[Generation]:
    """The texts that `pack` packed."""
    names = packed["names"]
    texts = []
    for held in packed["texts"]:
        chosen, best = _candidates(held, names), _candidates(held["best"], names)
        each = len(best) // max(len(chosen), 1)
        steps = tuple(
            Step(*_fields(candidate), tuple(best[each * i : each * (i + 1)]))
            for i, candidate in enumerate(chosen)
        )
        sampling = Sampling(held["temperature"], seed=held["seed"])
        told = (held["prompt"], held["text"], steps, held["seconds"], held["stopped"])
        texts.append(Generation(*told, sampling))
    return texts


def _columns(candidates: Sequence[Candidate]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {
        "ids": [candidate.token_id for candidate in candidates],
        "probs": [_percent(candidate.prob) for candidate in candidates],
        "chances": [_percent(candidate.chance) for candidate in candidates],
    }
    if columns["chances"] == columns["probs"]:
        del columns["chances"]
    return columns


def _candidates(columns: Mapping[str, Any], names: Mapping[str, str]) -> list[Candidate]:
    probs = columns["probs"]
    rows = zip(columns["ids"], probs, columns.get("chances", probs), strict=True)
    return [Candidate(i, names[str(i)], prob / 100, chance / 100) for i, prob, chance in rows]


def _fields(candidate: Candidate) -> tuple[int, str, float, float]:
    return candidate.token_id, candidate.token, candidate.prob, candidate.chance


def _percent(probability: float) -> float:
    """Three digits, one more than are shown; two below a thousandth.

    What is no certainty does not become one.
    """
    if probability in (0, 1):
        return round(100 * probability)
    percent = min(float(f"{100 * probability:.{3 if probability >= 0.001 else 2}g}"), 99.9)
    return int(percent) if percent == int(percent) else percent
