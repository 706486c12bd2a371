"""Training runs: they learn, go on as if nothing had happened, and say what went wrong."""

from __future__ import annotations

import json
import math
import os
import random
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tokenizers
import torch

import llm_viz
from llm_viz.training import (
    CheckpointError,
    ExplodedError,
    GPTConfig,
    Plan,
    train,
    train_bpe,
)
from llm_viz.training.__main__ import main
from llm_viz.training.checkpoints import Checkpoint
from llm_viz.training.journal import Journal
from llm_viz.training.learner import Learner
from llm_viz.training.token_text import TokenText
from llm_viz.training.trainer import CHECKPOINT, LOG

SIZES = {"d_vocab": 275, "n_ctx": 16, "n_layers": 2, "n_heads": 2, "d_model": 16, "d_mlp": 16}
TINY = GPTConfig(**SIZES)
PLAN = Plan(steps=24, batch=4, warmup=4, rate=0.01)
NOUNS, VERBS = ["the cat", "a dog", "the old man", "her bird"], ["sees", "likes", "follows"]


def sentences() -> list[str]:
    chosen = random.Random(0)
    return [
        f"{chosen.choice(NOUNS)} {chosen.choice(VERBS)} {chosen.choice(NOUNS)}." for _ in range(90)
    ]


TEXTS = sentences()


def tiny_run(folder: Path, plan: Plan = PLAN, *, config: GPTConfig = TINY, **asked):
    given = {"device": "cpu", "every": 10, "progress": False, **asked}
    return train(given.pop("texts", TEXTS), folder, config, plan, **given)


def curve(folder: Path) -> list[tuple]:
    return [
        tuple(record.get(name) for name in ("step", "rate", "loss", "grad_norm", "held_out"))
        for record in Journal(folder / LOG).records()
    ]


def weights(folder: Path) -> bytes:
    return (folder / "model.safetensors").read_bytes()


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """The folder of a run that nothing interrupted."""
    folder = tmp_path_factory.mktemp("runs") / "straight"
    assert tiny_run(folder).finished
    return folder


def test_it_learns_and_the_package_reads_it(tmp_path) -> None:
    seen = []
    run = tiny_run(
        tmp_path, Plan(steps=120, batch=8, rate=0.02), watch=seen.append, every=40, progress=True
    )
    assert (run.step, run.finished) == (120, True)
    records = run.records()
    assert [record["step"] for record in records] == list(range(121))
    losses = [record["loss"] for record in records[:-1]]
    assert losses[0] == pytest.approx(math.log(275), abs=0.2)
    assert np.mean(losses[-10:]) < losses[0] - 2
    tested = [record["held_out"] for record in records if "held_out" in record]
    assert tested == [moment.held_out for moment in seen]
    assert [moment.step for moment in seen] == [0, 40, 80, 120]
    assert tested[-1] < tested[0] - 2
    assert all(math.isfinite(record["grad_norm"]) for record in records[:-1])
    lm = llm_viz.load_model(tmp_path, device="cpu")
    ids = lm.token_ids("the cat")
    with torch.no_grad():
        ours = seen[-1].model(torch.tensor([ids]))[0].numpy()
    np.testing.assert_allclose(lm.run("the cat")["logits"], ours, atol=1e-5)
    assert seen[-1].write("the cat", 5).startswith("the cat")


def test_watching_changes_nothing(straight, tmp_path) -> None:
    tiny_run(tmp_path, watch=lambda moment: moment.write("the", 3))
    assert curve(tmp_path) == curve(straight)
    assert weights(tmp_path) == weights(straight)


def test_a_finished_run_stays_as_it_is(straight) -> None:
    before = curve(straight), weights(straight)
    assert tiny_run(straight).finished
    assert (curve(straight), weights(straight)) == before


KILLED = """
import json, os, signal, sys
from llm_viz.training import GPTConfig, Plan, train
from llm_viz.training.learner import Learner
folder, step, inside, texts, sizes, plan = json.loads(sys.argv[1])
learn = Learner.learn
def until(self):
    if self.step == step and inside:  # the gradients are there, the weights not yet moved
        self._optimizer.step = lambda: os.kill(os.getpid(), signal.SIGKILL)
    elif self.step == step:
        os.kill(os.getpid(), signal.SIGKILL)
    return learn(self)
Learner.learn = until
train(texts, folder, GPTConfig(**sizes), Plan(**plan), device="cpu", every=5, progress=False)
"""


def test_killed_at_any_step_it_goes_on_to_the_same_end(straight, tmp_path) -> None:
    step, inside = random.randrange(24), random.choice([True, False])
    plan = {"steps": 24, "batch": 4, "warmup": 4, "rate": 0.01}
    told = json.dumps([str(tmp_path), step, inside, TEXTS, SIZES, plan])
    done = subprocess.run([sys.executable, "-c", KILLED, told], check=False)
    assert done.returncode == -signal.SIGKILL
    assert Checkpoint.read(tmp_path / CHECKPOINT).facts["step"] == 5 * (step // 5), step
    assert tiny_run(tmp_path).finished
    plain, again = ([row[:4] for row in curve(folder)] for folder in (straight, tmp_path))
    assert again == plain, f"killed at step {step}"
    assert weights(tmp_path) == weights(straight)


def test_an_interrupt_waits_for_the_step(straight, tmp_path, monkeypatch) -> None:
    learn = Learner.learn

    def interrupted_at_13(self):
        if self.step == 13:
            os.kill(os.getpid(), signal.SIGINT)
        return learn(self)

    before = signal.getsignal(signal.SIGINT)
    with monkeypatch.context() as patch:
        patch.setattr(Learner, "learn", interrupted_at_13)
        run = tiny_run(tmp_path)
    assert (run.step, run.finished) == (14, False)
    assert signal.getsignal(signal.SIGINT) is before
    assert llm_viz.load_model(tmp_path, device="cpu")
    assert tiny_run(tmp_path).finished
    assert curve(tmp_path) == curve(straight)
    assert weights(tmp_path) == weights(straight)


def test_a_second_interrupt_does_not_wait(tmp_path, monkeypatch) -> None:
    def twice(self):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        return torch.tensor(1.0), torch.tensor(1.0)

    monkeypatch.setattr(Learner, "learn", twice)
    with pytest.raises(KeyboardInterrupt):
        tiny_run(tmp_path)
    assert Checkpoint.read(tmp_path / CHECKPOINT).facts["step"] == 0


def test_a_full_disk_leaves_the_checkpoint_before(straight, tmp_path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(moment):
        if moment.step == 10:
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))

    try:
        with pytest.raises(CheckpointError, match="what was written before is kept: make room"):
            tiny_run(tmp_path, watch=fill)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert Checkpoint.read(tmp_path / CHECKPOINT).facts["step"] == 10
    assert not list(tmp_path.glob("*.part"))
    assert tiny_run(tmp_path).finished
    assert curve(tmp_path) == curve(straight)


def test_a_rate_that_is_too_high_is_noticed(tmp_path) -> None:
    plan = Plan(steps=200, batch=4, warmup=20, rate=1000.0)
    with pytest.raises(ExplodedError, match=r"exploded at step \d+: .* the checkpoint of step \d+"):
        tiny_run(tmp_path, plan)
    kept = Checkpoint.read(tmp_path / CHECKPOINT)
    assert all(torch.isfinite(tensor.float()).all() for tensor in kept.tensors.values())


@pytest.mark.parametrize("which", [0, 1])
def test_nan_is_noticed_before_a_checkpoint(tmp_path, monkeypatch, which) -> None:
    learn = Learner.learn

    def broken(self):
        found = list(learn(self))
        if self.step == 18:
            found[which] = torch.tensor(math.nan)
        return tuple(found)

    monkeypatch.setattr(Learner, "learn", broken)
    said = f"exploded at step 17: {('loss', 'grad_norm')[which]} is nan"
    with pytest.raises(ExplodedError, match=said):
        tiny_run(tmp_path)
    assert Checkpoint.read(tmp_path / CHECKPOINT).facts["step"] == 10
    assert curve(tmp_path)[17][2 + which] is None


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def alter(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-50] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (cut_short, "is damaged or cut short"),
        (alter, r"is not as it was written \(its SHA-256 differs\)"),
        (lambda path: path.write_bytes(b""), "is damaged or cut short"),
    ],
)
def test_a_spoilt_checkpoint_is_refused(straight, tmp_path, spoil, said) -> None:
    path = tmp_path / CHECKPOINT
    path.write_bytes((straight / CHECKPOINT).read_bytes())
    spoil(path)
    with pytest.raises(CheckpointError, match=said):
        tiny_run(tmp_path)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"config": GPTConfig(**{**SIZES, "d_model": 32})}, "d_model is 16; expected 32"),
        ({"plan": Plan(steps=25, batch=4, warmup=4, rate=0.01)}, "steps is 24; expected 25"),
        ({"texts": [*TEXTS, TEXTS[0]]}, "another text"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(straight, asked, said) -> None:
    before = (straight / CHECKPOINT).read_bytes(), curve(straight)
    with pytest.raises(CheckpointError, match=said):
        tiny_run(straight, **asked)
    assert ((straight / CHECKPOINT).read_bytes(), curve(straight)) == before


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"texts": ""}, "there is no text to learn from"),
        ({"texts": "zz" * 400}, "the text is one character, 'z'"),
        ({"texts": "a cat"}, "d_vocab is 275, but these 5 characters"),
        ({"config": GPTConfig(**{**SIZES, "n_ctx": 4096})}, "expected at least 8,194, to learn"),
        ({"every": 0}, "every is 0; expected a whole number of steps"),
    ],
)
def test_bad_input(tmp_path, asked, said) -> None:
    with pytest.raises(ValueError, match=said):
        tiny_run(tmp_path, **asked)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"steps": 0}, "steps is 0; expected a whole number from 1 on"),
        ({"batch": 1.5}, "batch is 1.5"),
        ({"rate": math.nan}, "rate is nan; expected a number above 0"),
        ({"clip": 0.0}, "clip is 0.0"),
        ({"last_rate": 2.0}, "last_rate is 2.0; expected a share from 0 to 1"),
        ({"decay": -1.0}, "decay is -1.0; expected a number from 0 on"),
    ],
)
def test_bad_plans(asked, said) -> None:
    with pytest.raises(ValueError, match=said):
        Plan(**asked)


def test_the_rate_warms_up_and_falls() -> None:
    plan = Plan(steps=100, warmup=10, rate=1.0, last_rate=0.1)
    assert plan.rate_at(0) == pytest.approx(0.1)
    assert plan.rate_at(10) == pytest.approx(1.0)
    assert plan.rate_at(55) == pytest.approx(0.55)
    assert plan.rate_at(100) == pytest.approx(0.1)


@pytest.fixture(scope="module")
def cut():
    return TokenText.of(TEXTS, train_bpe(TEXTS, 275), 16)


def test_only_matrices_decay(cut) -> None:
    learner = Learner(TINY, PLAN, cut, device=torch.device("cpu"))
    matrices, rest = learner._optimizer.param_groups
    assert (matrices["weight_decay"], rest["weight_decay"]) == (0.1, 0.0)
    assert {weight.ndim for weight in matrices["params"]} == {2}
    assert {weight.ndim for weight in rest["params"]} == {1}
    found = sum(len(group["params"]) for group in (matrices, rest))
    assert found == len(list(learner.model.parameters()))


def test_gradients_are_clipped(cut) -> None:
    learner = Learner(TINY, Plan(clip=1e-3), cut, device=torch.device("cpu"))
    _, length = learner.learn()
    left = torch.stack([weight.grad.norm() for weight in learner.model.parameters()]).norm()
    assert length > 0.01
    assert left.item() == pytest.approx(1e-3, rel=1e-2)


def test_what_is_held_out_is_never_learned_from(cut) -> None:
    bpe = train_bpe(TEXTS, 275)
    assert bpe.decode(cut.learned.tolist()) + bpe.decode(cut.held_out.tolist()) == "".join(TEXTS)
    assert cut.learned[0] == 0
    read, told = cut.batch(8, 500, torch.Generator().manual_seed(0))
    assert read.shape == told.shape == (500, 8)
    assert torch.equal(read[:, 1:], told[:, :-1])
    read, told = cut.test(8)
    assert torch.equal(read.flatten()[:8], cut.held_out[:8])
    assert torch.equal(read.flatten()[1:], told.flatten()[:-1])
    characters = len(bpe.decode(cut.held_out.tolist()))
    expected = math.log2(275) * len(cut.held_out) / characters
    assert cut.bits_per_character(math.log(275)) == pytest.approx(expected)


def test_a_log_that_was_cut_short_is_read_as_far_as_it_goes(tmp_path) -> None:
    journal = Journal(tmp_path / LOG)
    assert journal.records() == []
    journal.append([{"step": 0, "loss": 2.5}, {"step": 1, "loss": math.inf}])
    with journal.path.open("a") as file:
        file.write('{"step": 2, "lo')
    assert journal.records() == [{"step": 0, "loss": 2.5}, {"step": 1, "loss": None}]
    journal.cut_back(1)
    assert journal.path.read_text() == '{"step": 0, "loss": 2.5}\n'


def told(monkeypatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["training", *map(str, words)])
    return main()


def test_the_command(tmp_path, monkeypatch, capsys) -> None:
    text = tmp_path / "text.txt"
    text.write_text(" ".join(TEXTS))
    sizes = [w for name, size in SIZES.items() for w in (f"--{name.replace('_', '-')}", size)]
    asked = [tmp_path / "run", "--text", text, "--device", "cpu", *sizes, "--batch", 4]
    assert told(monkeypatch, *asked, "--steps", 12, "--prompt", "the cat") == 0
    out = capsys.readouterr().out
    assert "step 0 (" in out
    assert "bits a character): the cat" in out
    assert "12 steps, finished" in out
    assert told(monkeypatch, *asked, "--steps", 13) == 1
    assert "error: the checkpoint is of another plan" in capsys.readouterr().err
    assert told(monkeypatch, tmp_path, "--text", tmp_path / "nothing.txt") == 1
    assert "nothing.txt" in capsys.readouterr().err


def test_a_tokenizer_cuts_as_it_is_saved(straight) -> None:
    saved = tokenizers.Tokenizer.from_file(str(straight / "tokenizer.json"))
    assert saved.to_str() == train_bpe(TEXTS, 275).to_str()
