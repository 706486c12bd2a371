"""Trace: frozen, self-explaining, and the same after every journey."""

from __future__ import annotations

import dataclasses
import json
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from llm_viz import Trace, encoding
from llm_viz.names import SITES
from llm_viz.trace import Attention, Dims, MissingSiteError, ModelInfo

DIMS = Dims(n_layers=2, n_heads=4, n_kv_heads=2, d_model=6, d_head=3, d_mlp=5, d_vocab=11, n_ctx=16)


def make(n: int = 3, seed: int = 0, **arrays: np.ndarray) -> Trace:
    rng = np.random.default_rng(seed)
    if not arrays:
        arrays = {
            "q_rot": rng.normal(size=(2, 4, n, 3)).astype(np.float32),
            "k_rot": rng.normal(size=(2, 2, n, 3)).astype(np.float32),
            "logits": rng.normal(size=(n, 11)).astype(np.float32) * 9,
        }
    return Trace(
        text="a <b>\n😀",
        tokens=tuple(f"t{i}" for i in range(n)),
        token_ids=tuple(range(n)),
        model=ModelInfo("tiny", "llama", "abc", "vocabulary-1.json"),
        dims=DIMS,
        attention=Attention(causal=True, scale=(0.5, 0.25)),
        arrays=arrays,
    )


def same(a: Trace, b: Trace) -> None:
    for field in dataclasses.fields(Trace):
        if field.name not in ("arrays", "_derived"):
            assert getattr(a, field.name) == getattr(b, field.name), field.name
    assert a.arrays.keys() == b.arrays.keys()
    for name in a.arrays:
        assert np.array_equal(a[name], b[name])


def test_save_and_load_are_exact(tmp_path) -> None:
    trace = make()
    trace.save(tmp_path / "run.safetensors")
    same(Trace.load(tmp_path / "run.safetensors"), trace)
    assert [p.name for p in tmp_path.iterdir()] == ["run.safetensors"]


def test_a_narrowed_trace_keeps_its_rows() -> None:
    trace = make().select(("logits",), positions=[-1, 0])
    assert trace.rows == {"logits": (2, 0)}
    again = Trace.decode(trace.encode())
    assert again.rows == trace.rows
    np.testing.assert_allclose(again.logits_at(-1), make().logits_at(2), atol=1e-2)
    with pytest.raises(MissingSiteError, match=r"\[2, 0\] only"):
        again.logits_at(1)
    with pytest.raises(IndexError, match="position 3"):
        again.logits_at(3)


def test_heads_are_narrowed_like_logits(tmp_path) -> None:
    rng = np.random.default_rng(1)
    heads = rng.normal(size=(2, 4, 3, 6)).astype(np.float32)
    whole = make(head_out=heads, embed=heads[0, 0])
    trace = whole.select(positions=[-1, 0])
    assert trace.rows == {"head_out": (2, 0)}
    assert np.array_equal(trace["head_out"], heads[:, :, [2, 0]])
    assert np.array_equal(trace["embed"], heads[0, 0])
    assert np.array_equal(trace.at("head_out", -1), heads[:, :, 2])
    assert np.array_equal(trace.at("embed", 1), heads[0, 0, 1])
    assert np.array_equal(trace.select(positions=[0])["head_out"], heads[:, :, [0]])
    trace.save(tmp_path / "run.safetensors")
    same(Trace.load(tmp_path / "run.safetensors"), trace)
    with pytest.raises(MissingSiteError, match=r"head_out for the positions \[2, 0\] only, not 1"):
        trace.at("head_out", 1)
    with pytest.raises(ValueError, match="needs one named pos"):
        make().at("pattern", 0)


def test_arrays_are_read_only_float32_of_the_right_shape() -> None:
    trace = make()
    with pytest.raises(ValueError, match="read-only"):
        trace["logits"][0] = 1
    with pytest.raises(ValueError, match="read-only"):
        trace["pattern"][0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        trace.text = "other"  # type: ignore[misc]
    with pytest.raises(ValueError, match="float64"):
        make(logits=np.zeros((3, 11)))
    with pytest.raises(ValueError, match=r"\(3, 10\); expected \(3, 11\)"):
        make(logits=np.zeros((3, 10), np.float32))
    with pytest.raises(KeyError, match="unknown site 'hidden'"):
        make(hidden=np.zeros(3, np.float32))


def test_a_missing_site_says_how_to_get_it() -> None:
    with pytest.raises(MissingSiteError) as caught:
        make()["z"]
    assert str(caught.value) == (
        "this trace has no 'z' (it has q_rot, k_rot, attn_scores, pattern, logits); "
        "run the text again with sites=('z', ...) or without sites="
    )
    with pytest.raises(KeyError, match="the sites are embed"):
        make()["hidden"]


def test_pattern_and_scores_by_hand() -> None:
    trace = make(n=2)
    q, k = trace["q_rot"][1, 3], trace["k_rot"][1, 1]
    scores = (q @ k.T) * 0.25
    np.testing.assert_allclose(trace["attn_scores"][1, 3], scores, rtol=1e-5)
    share = 1 / (1 + np.exp(scores[1, 0] - scores[1, 1]))
    np.testing.assert_allclose(
        trace["pattern"][1, 3], [[1, 0], [1 - share, share]], rtol=1e-5, atol=1e-7
    )


def test_one_head_equals_its_place_in_the_whole() -> None:
    for name in ("pattern", "attn_scores"):
        fresh = make()
        np.testing.assert_allclose(fresh.head(name, 1, -1), make()[name][1, 3], rtol=1e-6)
        assert name not in fresh._derived
    with pytest.raises(IndexError, match="head 4 is out of range; it goes from 0 to 3"):
        make().head("pattern", 0, 4)
    with pytest.raises(ValueError, match="not 'z'"):
        make().head("z", 0, 0)


def test_one_head_of_2000_tokens_takes_the_memory_of_one_head() -> None:
    n = 2000
    trace = make(n)
    tracemalloc.start()
    matrix = trace.head("pattern", 1, 2)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert matrix.shape == (n, n)
    assert peak < 2 * matrix.nbytes  # all eight would take eight times as much
    assert "pattern" not in trace._derived


def test_large_derived_arrays_are_not_kept(monkeypatch) -> None:
    monkeypatch.setattr("llm_viz.trace.KEEP_DERIVED_BYTES", 10)
    trace = make()
    assert np.array_equal(trace["pattern"], trace["pattern"])
    assert not trace._derived


def test_a_selected_pattern_stands_alone() -> None:
    alone = make().select(("pattern",))
    assert alone.sites == ("pattern",)
    np.testing.assert_allclose(alone["pattern"], make()["pattern"])
    assert np.array_equal(alone.head("pattern", 0, 1), alone["pattern"][0, 1])


def test_two_way_patterns_are_packed_whole() -> None:
    both = dataclasses.replace(make(), attention=Attention(False, (0.5, 0.5)), _derived={})
    again = Trace.decode(both.select(("pattern",)).encode())
    np.testing.assert_allclose(again["pattern"], both["pattern"])
    assert (both["pattern"] > 0).all()


@pytest.mark.parametrize(
    "damage",
    [
        lambda d: b"",
        lambda d: d[:5],
        lambda d: d[:40],
        lambda d: d[:-1],
        lambda d: b"x" * 100,
        lambda d: struct.pack("<Q", 2**60) + d[8:],
        lambda d: struct.pack("<Q", 2) + b"{}",
        lambda d: struct.pack("<Q", 2) + b"[]",
    ],
)
def test_damaged_bytes_are_refused_with_a_sentence(damage) -> None:
    with pytest.raises(ValueError, match=r"no llm_viz trace|damaged"):
        Trace.decode(damage(make().encode()))


def test_a_newer_schema_and_a_lost_field_are_refused() -> None:
    data = make().encode()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])

    def changed(**fields: object) -> bytes:
        inner = json.loads(header["__metadata__"]["llm_viz"]) | fields
        inner = {name: value for name, value in inner.items() if value is not None}
        outer = json.dumps(header | {"__metadata__": {"llm_viz": json.dumps(inner)}}).encode()
        return struct.pack("<Q", len(outer)) + outer + data[8 + length :]

    Trace.decode(changed())
    with pytest.raises(ValueError, match="another schema"):
        Trace.decode(changed(schema=2))
    with pytest.raises(ValueError, match="incomplete"):
        Trace.decode(changed(dims=None))
    with pytest.raises(ValueError, match="unknown encoding"):
        Trace.decode(changed(encodings={"logits": "zip"}))


# --- encodings ---------------------------------------------------------------------------------


@settings(max_examples=50)
@given(hnp.arrays(np.float32, (3, 11), elements=st.floats(-60, 60, width=32)))
def test_packed_logits_keep_probabilities(logits: np.ndarray) -> None:
    again = Trace.decode(make(logits=logits).encode())["logits"]
    gap = logits.max(-1, keepdims=True) - logits
    near = gap <= 3
    # A tenth of a per cent of a probability is a thousandth of a nat.
    assert np.abs(again - logits)[near].max() <= 1.0e-3
    assert (np.abs(again - logits) <= np.maximum(1e-3, gap * 2**-11) + 1e-5).all()


@settings(max_examples=50)
@given(st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_packed_patterns_err_by_no_more_than_stated(n: int, seed: int) -> None:
    trace = make(n=n, seed=seed)
    again = Trace.decode(trace.select(("pattern",)).encode())
    error = np.abs(again["pattern"] - trace["pattern"])
    assert (error <= 0.004 * np.sqrt(trace["pattern"]) + 4e-6).all()


def test_uniform_attention_over_a_thousand_tokens_survives_packing() -> None:
    pattern = (np.tri(1000) / np.arange(1, 1001)[:, None]).astype(np.float32)[None, None]
    packed = encoding.pack("sqrt_u8_lower", "pattern", pattern)
    again = encoding.unpack("sqrt_u8_lower", "pattern", packed, 1000)
    assert packed["pattern"].nbytes == 1000 * 1001 // 2
    assert again[0, 0, -1, 0] == pytest.approx(0.001, rel=0.07)
    assert np.abs(again - pattern).max() <= 0.004


def test_minus_infinity_stays_as_good_as_never() -> None:
    logits = np.full((1, 11), -np.inf, np.float32)
    logits[0, 4] = 2
    again = Trace.decode(make(n=1, logits=logits).encode())["logits"]
    assert again[0, 4] == 2
    assert (np.delete(again[0], 4) < -60_000).all()


def test_the_table_of_sites_is_what_javascript_is_given() -> None:
    from llm_viz import names

    table = names.as_json()
    assert json.loads(json.dumps(table)) == table
    assert set(table["sites"]) == set(SITES)
    used = {axis for site in SITES.values() for axis in site.axes}
    assert used == set(names.AXES)
    assert names.check_sites(["logits", "embed", "logits"]) == ("embed", "logits")
    assert names.check_sites("z") == ("z",)
