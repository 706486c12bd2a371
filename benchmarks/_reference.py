"""Write the reference weights: `python _reference.py <file.gguf> <folder>`.

Runs in the peers' environment. transformers reads and dequantises the file by its own code, so that
the weights that the package is compared with do not come from the package. A model that was read
from GGUF refuses to be saved; its state is copied into a plain one first.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def main() -> None:
    gguf, folder = Path(sys.argv[1]), Path(sys.argv[2])
    source = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    quantised = AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32)
    settings = quantised.config.to_dict()
    settings.pop("quantization_config", None)
    plain = AutoModelForCausalLM.from_config(
        type(quantised.config).from_dict(settings), dtype=torch.float32
    )
    plain.load_state_dict(quantised.state_dict())
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    plain.save_pretrained(part)
    AutoTokenizer.from_pretrained(**source).save_pretrained(part)
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(part, folder)


if __name__ == "__main__":
    main()
