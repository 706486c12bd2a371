"""Train a small GPT: `python -m llm_viz.training [folder]`; the same command goes on after a break.

Without a text it learns from the King James Bible. Every so often it writes a few words, so that
one can read how it comes along. `llm_viz.load_model(folder)` reads what it has become.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from pathlib import Path

from tqdm import tqdm

from llm_viz.model.assets import AssetError
from llm_viz.training.checkpoints import CheckpointError
from llm_viz.training.corpora import king_james_chapters
from llm_viz.training.gpt import GPTConfig
from llm_viz.training.learner import Plan
from llm_viz.training.trainer import ExplodedError, Moment, train


def main() -> int:
    """Train as the command line asks; 0 if all went well."""
    parser = argparse.ArgumentParser(
        prog="python -m llm_viz.training",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path("my_gpt"))
    parser.add_argument("--text", type=Path, help="a text file, UTF-8; by default the King James")
    parser.add_argument("--prompt", default="And the", help="what the samples begin with")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--compile", action="store_true", help="let torch.compile write kernels")
    parser.add_argument("--every", type=int, default=100, help="steps between checkpoints")
    numbers = [f for made in (GPTConfig, Plan) for f in fields(made) if f.type in ("int", "float")]
    for field in numbers:
        kind = int if field.type == "int" else float
        name = "--" + field.name.replace("_", "-")
        parser.add_argument(name, type=kind, default=field.default, help=f"{field.default}")
    told = vars(parser.parse_args())

    def sample(moment: Moment) -> None:
        written = " ".join(moment.write(told["prompt"]).split())
        bits = f"{moment.bits_per_character:.2f} bits a character"
        tqdm.write(f"step {moment.step:,} ({bits}): {written}")

    try:
        path = told["text"]
        texts = path.read_text(encoding="utf-8") if path else king_james_chapters()
        run = train(
            texts,
            told["folder"],
            GPTConfig(**{f.name: told[f.name] for f in fields(GPTConfig)}),
            Plan(**{f.name: told[f.name] for f in fields(Plan) if f in numbers}),
            device=told["device"],
            compiled=told["compile"],
            every=told["every"],
            watch=sample,
        )
    except (ValueError, OSError, AssetError, CheckpointError, ExplodedError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    how = "finished" if run.finished else "interrupted; the same command goes on"
    tqdm.write(f"{run.folder}: {run.step:,} steps, {how}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
