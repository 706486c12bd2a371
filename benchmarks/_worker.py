"""The process in which one peer is measured: `python _worker.py <peer> [reference folder]`.

Reads a request a line (JSON), writes an answer a line. It runs in the peer's own environment, so it
imports only what that peer needs.
"""

from __future__ import annotations

import gc
import json
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

Request = dict[str, Any]


class OurModel:
    """llm_viz: every site of a text; ``derived``: also those that a trace computes on demand."""

    def __init__(self, _folder: str = "", *, derived: bool = False) -> None:
        import llm_viz

        self.lm = llm_viz.load_model(device="cpu")
        self.derived = derived

    def capture(self, request: Request) -> object:
        trace = self.lm.run(request["text"])
        if self.derived:
            for name in trace.sites:
                if name != "head_out":
                    trace[name]
        return trace

    def logits(self, request: Request) -> list[float]:
        return list(map(float, self.lm.run(request["text"], sites=("logits",))["logits"][-1]))

    def generate(self, request: Request) -> list[int]:
        return list(self.lm.generate(request["text"], request["new"], temperature=0).token_ids)

    def token_ids(self, request: Request) -> list[int]:
        return list(self.lm.token_ids(request["text"]))

    def forward(self, request: Request) -> object:
        return self.lm.run(request["text"], sites=("logits",), positions=[-1])

    def attribution(self, request: Request) -> list[float]:
        from llm_viz.analyses import logit_attribution

        found = logit_attribution(
            self.lm, request["text"], request["token"], minus=request["minus"]
        )
        return list(found.where("head")[:, 0].tolist())

    def sweep(self, request: Request) -> Any:
        """Every head off by itself, all in one sweep: the logits after the last token."""
        return self.lm.sweep(request["text"], [self._off(*pair) for pair in self._heads()])

    def singly(self, request: Request) -> list[Any]:
        found = []
        for pair in self._heads():
            with self.lm.edit(self._off(*pair)):
                found.append(self.forward(request))
        return found

    def swept_logits(self, request: Request) -> list[float]:
        return list(map(float, self.sweep(request).logits[:, 0].max(axis=-1)))

    def single_logits(self, request: Request) -> list[float]:
        return [float(trace["logits"][0].max()) for trace in self.singly(request)]

    def _heads(self) -> list[tuple[int, int]]:
        d = self.lm.dims
        return [(layer, head) for layer in range(d.n_layers) for head in range(d.n_heads)]

    def _off(self, layer: int, head: int) -> Any:
        return self.lm.ablation(heads=[(layer, head)])

    def read_streams(self, request: Request) -> None:
        """Keep the residual stream after every layer, for `lens` and `product`."""
        import numpy as np

        trace = self.lm.run(request["text"], sites=("resid_pre", "resid_final"))
        self.streams = np.concatenate([trace["resid_pre"], trace["resid_final"][None]])

    def lens(self, request: Request) -> Any:
        return self.lm.readings(self.streams, k=request["k"])

    def product(self, _request: Request) -> None:
        """The lens's matrix products and nothing else: no norm, no figure; in the same blocks."""
        from llm_viz.model import lens

        network: Any = self.lm.network
        weights = network.W_U.t()
        most = max(1, lens.BLOCK_BYTES // (4 * weights.shape[1]))
        streams = torch.from_numpy(self.streams)
        out = torch.empty(0)
        n, n_pos, _ = streams.shape
        for positions, rows in lens.blocks(n, n_pos, most):
            x = streams[rows, positions].flatten(0, 1)
            if len(out) < len(x):
                out = torch.empty(len(x), weights.shape[1])
            torch.mm(x, weights, out=out[: len(x)])

    def cut_windows(self, request: Request) -> int:
        """Cut a few windows of the study of neurons, for `plain` and `index`."""
        from llm_viz.studies.neurons import windows

        self.windows = windows(self.lm)
        self.rows = [list(map(int, rows)) for rows in self._batches()[: request["batches"]]]
        self.peaks = self._peaks()
        return int(self.windows.token_ids[self.rows].size)

    def plain(self, _request: Request) -> None:
        """Forward passes and nothing else: no activation is kept, no logits are computed."""
        network: Any = self.lm.network
        start = [self.lm.tokenizer.start_id]
        for rows in self.rows:
            ids = [start + window.tolist() for window in self.windows.token_ids[rows]]
            network.forward(torch.tensor(ids))

    def index(self, request: Request) -> None:
        """The same windows through the index of neurons, begun afresh or gone on with."""
        if request["afresh"]:
            self.peaks = self._peaks()
        length = self.windows.token_ids.shape[1]
        for rows in self.rows:
            half = int(self.windows.half[rows[0]])
            places = [row * length for row in rows]
            self.peaks.read(self.windows.token_ids[rows], places, half)

    def _batches(self) -> list[Any]:
        from llm_viz.analyses.neuron_index import batches

        return batches(self.windows)

    def _peaks(self) -> Any:
        from llm_viz.analyses.neuron_index import AFTER, BEFORE, K

        return self.lm.neuron_peaks(k=K, groups=2, before=BEFORE, after=AFTER)

    def lens_top(self, request: Request) -> list[list[list[float]]]:
        found = self.lens(request)
        return list((found.logits - found.log_sum[..., None]).tolist())


class TracingModel(OurModel):
    """llm_viz: the stream restored at every layer and position, the subject corrupted."""

    def trace(self, request: Request) -> Any:
        from llm_viz.analyses import causal_trace

        return causal_trace(
            self.lm, request["text"], request["subject"], kinds=("hidden",), seeds=[request["seed"]]
        )

    def noise(self, request: Request) -> dict[str, Any]:
        """What the peer needs to corrupt the same tokens in the same way, and the answer."""
        found = self.trace(request)
        size = found.noise * self.lm.embedding_spread()
        shape = (len(found.subject), self.lm.dims.d_model)
        drawn = np.random.default_rng(request["seed"]).standard_normal(shape)
        return {
            "subject": found.subject,
            "answer": found.answer,
            "ids": found.token_ids,
            "noise": (size * drawn).tolist(),
        }

    def traced(self, request: Request) -> list[Any]:
        return list(self.trace(request).map("hidden").tolist())


class Reference:
    """transformers: the forward pass with its own attentions and hidden states switched on."""

    def __init__(self, folder: str) -> None:
        from transformers import AutoModelForCausalLM

        # Attentions are given by the eager implementation only; generation keeps the default.
        load = AutoModelForCausalLM.from_pretrained
        self.eager = load(folder, dtype=torch.float32, attn_implementation="eager").eval()
        self.model = load(folder, dtype=torch.float32).eval()

    def capture(self, request: Request) -> object:
        ids = torch.tensor([request["ids"]])
        return self.eager(ids, output_attentions=True, output_hidden_states=True)

    def logits(self, request: Request) -> list[float]:
        return list(self.eager(torch.tensor([request["ids"]])).logits[0, -1].tolist())

    def generate(self, request: Request) -> list[int]:
        ids = torch.tensor([request["ids"]])
        mask = torch.ones_like(ids)
        new = request["new"]
        grown = self.model.generate(
            ids, attention_mask=mask, max_new_tokens=new, do_sample=False, pad_token_id=2
        )
        return list(grown[0, ids.shape[1] :].tolist())


class TransformerLens:
    """TransformerLens: `run_with_cache` with every hook that it has."""

    def __init__(self, folder: str) -> None:
        from transformer_lens.model_bridge import TransformerBridge

        self.bridge = TransformerBridge.boot_transformers(folder, dtype=torch.float32, device="cpu")

    def capture(self, request: Request) -> object:
        return self.bridge.run_with_cache(torch.tensor([request["ids"]]))

    def logits(self, request: Request) -> list[float]:
        return list(self.bridge(torch.tensor([request["ids"]]))[0, -1].tolist())

    def singly(self, request: Request) -> list[Any]:
        """Every head off by itself, a run for each: the logits after the last token."""
        ids = torch.tensor([request["ids"]])
        cfg = self.bridge.cfg
        found = []
        for layer in range(cfg.n_layers):
            for head in range(cfg.n_heads):

                def off(z: Any, hook: Any, head: int = head) -> Any:  # noqa: ARG001
                    z[:, :, head] = 0
                    return z

                hooks = [(f"blocks.{layer}.attn.hook_z", off)]
                found.append(self.bridge.run_with_hooks(ids, fwd_hooks=hooks)[0, -1])
        return found

    def single_logits(self, request: Request) -> list[float]:
        return [float(logits.max()) for logits in self.singly(request)]

    def read_streams(self, request: Request) -> None:
        _, cache = self.bridge.run_with_cache(torch.tensor([request["ids"]]))
        self.streams = cache.accumulated_resid(layer=-1)[:, 0]  # (layer, pos, d_model)

    def lens(self, request: Request) -> Any:
        logits = self.bridge.unembed(self.bridge.ln_final(self.streams))
        return logits.log_softmax(dim=-1).topk(request["k"])

    def lens_top(self, request: Request) -> list[list[list[float]]]:
        return list(self.lens(request).values.tolist())


class TracingLens(TransformerLens):
    """TransformerLens: the same, with a hook that corrupts and one that restores, run after run."""

    def trace(self, request: Request) -> list[list[float]]:
        ids = torch.tensor([request["ids"]])
        subject, noise = request["subject"], torch.tensor(request["noise"])
        cfg = self.bridge.cfg
        names = [f"blocks.{layer}.hook_resid_post" for layer in range(cfg.n_layers)]
        _, clean = self.bridge.run_with_cache(ids, names_filter=lambda name: name in names)

        def corrupt(embed: Any, hook: Any) -> Any:  # noqa: ARG001
            embed[:, subject] += noise
            return embed

        found = []
        for name in names:
            row = []
            for position in range(len(request["ids"])):

                def restore(
                    stream: Any,
                    hook: Any,  # noqa: ARG001
                    name: str = name,
                    position: int = position,
                ) -> Any:
                    stream[:, position] = clean[name][:, position]
                    return stream

                hooks = [("hook_embed", corrupt), (name, restore)]
                logits = self.bridge.run_with_hooks(ids, fwd_hooks=hooks)[0, -1]
                row.append(float(logits.softmax(dim=-1)[request["answer"]]))
            found.append(row)
        return found

    traced = trace


class FoldedTransformerLens(TransformerLens):
    """TransformerLens with the norms' weights folded in, which its attribution takes for granted.

    Without that, it leaves the final norm's weights out. The logits are then centred: only their
    differences are the model's.
    """

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.bridge.enable_compatibility_mode(disable_warnings=True)

    def attribution(self, request: Request) -> list[float]:
        _, cache = self.bridge.run_with_cache(torch.tensor([request["ids"]]))
        heads = cache.stack_head_results(layer=-1, pos_slice=-1)
        two = {"tokens": request["token"], "incorrect_tokens": request["minus"]}
        return list(cache.logit_attrs(heads, pos_slice=-1, **two)[:, 0].tolist())


PEERS: dict[str, Callable[[str], Any]] = {
    "llm_viz": OurModel,
    "llm_viz, derived sites too": lambda folder: OurModel(folder, derived=True),
    "llm_viz, tracing": TracingModel,
    "transformers": Reference,
    "TransformerLens": TransformerLens,
    "TransformerLens, tracing": TracingLens,
    "TransformerLens, folded": FoldedTransformerLens,
}


def timed(call: Callable[[Request], object], request: Request) -> float:
    """Seconds of one call; what it returns is alive until the clock stops, and then gone."""
    began = time.perf_counter()
    result = call(request)
    seconds = time.perf_counter() - began
    del result
    return seconds


def added_memory(call: Callable[[Request], object], request: Request) -> float:
    """By how much, in MB, the process's peak rises above what it held before the call."""
    gc.collect()
    before = _reset_peak()
    result = call(request)
    peak = _peak()
    del result
    return max(0.0, peak - before)


def _reset_peak() -> float:
    """Let the peak begin anew at what is held now, and return that; only Linux can."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return _peak()
    return _status("VmRSS")


def _peak() -> float:
    if Path("/proc/self/status").exists():
        return _status("VmHWM")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def _status(field: str) -> float:
    text = Path("/proc/self/status").read_text(encoding="ascii")
    match = re.search(rf"{field}:\s+(\d+) kB", text)
    assert match is not None
    return int(match[1]) * 1024 / 1e6


def answer(peer: Any, request: Request) -> Any:
    match request["op"]:
        case "time":
            return timed(peer.capture, request)
        case "memory":
            return added_memory(peer.capture, request)
        case (
            "forward"
            | "attribution"
            | "lens"
            | "product"
            | "sweep"
            | "singly"
            | "trace"
            | "plain"
            | "index"
        ) as verb:
            return timed(getattr(peer, verb), request)
        case "contributions":
            return peer.attribution(request)
        case "lens memory":
            return added_memory(peer.lens, request)
        case "index memory":
            return added_memory(peer.index, request)
        case (
            "logits"
            | "token_ids"
            | "read_streams"
            | "lens_top"
            | "swept_logits"
            | "single_logits"
            | "noise"
            | "traced"
            | "cut_windows"
        ) as verb:
            return getattr(peer, verb)(request)
        case "generate":
            began = time.perf_counter()
            ids = peer.generate(request)
            return {"ids": ids, "seconds": time.perf_counter() - began}
        case op:
            raise ValueError(f"no such request: {op!r}")


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr  # a library that prints must not answer for us
    peer = PEERS[sys.argv[1]](sys.argv[2] if len(sys.argv) > 2 else "")
    with torch.inference_mode():
        for line in sys.stdin:
            print(json.dumps(answer(peer, json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
