"""Switching off, patching, and that everything is undone."""

from __future__ import annotations

import numpy as np
import pytest

import llm_viz
from llm_viz.model import LanguageModel
from llm_viz.model.interventions import EDITABLE
from llm_viz.names import SITES

TEXT = "the cat sat on the mat"
OTHER = "the dog ran to the house"  # as many tokens
LAYER = 1


@pytest.fixture(scope="module")
def other(tiny: LanguageModel):
    assert len(tiny.token_ids(TEXT)) == len(tiny.token_ids(OTHER))
    return tiny.run(OTHER)


def layer_for(site: str) -> int | None:
    return LAYER if "layer" in SITES[site].axes else None


# --- switching off -----------------------------------------------------------------------------


def test_ablation_is_exact(tiny: LanguageModel) -> None:
    with tiny.ablate(heads=[(1, 2)], attns=[0], mlps=[-1]):
        trace = tiny.run(TEXT)
    assert not trace["z"][1, 2].any()
    assert trace["z"][1, [0, 1, 3, 4, 5]].all()
    assert not trace["attn_out"][0].any()
    assert not trace["mlp_out"][2].any()
    np.testing.assert_allclose(
        trace["resid_post"], trace["resid_mid"] + trace["mlp_out"], atol=1e-6
    )


def test_ablating_a_head_removes_exactly_what_it_wrote(tiny: LanguageModel) -> None:
    whole = tiny.run(TEXT, sites=("head_out", "attn_out"))
    with tiny.ablate(heads=[(0, 4)]):
        without = tiny.run(TEXT, sites=("attn_out",))
    difference = whole["attn_out"][0] - without["attn_out"][0]
    np.testing.assert_allclose(difference, whole["head_out"][0, 4], atol=1e-6)


def test_heads_of_an_attention_that_is_off_write_nothing(tiny: LanguageModel) -> None:
    with tiny.ablate(attns=[1]):
        trace = tiny.run(TEXT, sites=("head_out", "attn_out"))
    assert not trace["head_out"][1].any()
    np.testing.assert_allclose(trace["head_out"].sum(axis=1), trace["attn_out"], atol=1e-6)


def test_ablations_nest_and_are_undone_even_by_an_exception(tiny: LanguageModel) -> None:
    clean, made = tiny.run(TEXT)["logits"], []

    def fail_inside() -> None:
        with tiny.ablate(mlps=[1], heads=[(0, 1)]):
            made.append(tiny.run(TEXT)["logits"])
            raise RuntimeError("on purpose")

    with tiny.ablate(heads=[(0, 0)]):
        one = tiny.run(TEXT)["logits"]
        with pytest.raises(RuntimeError, match="on purpose"):
            fail_inside()
        assert np.array_equal(tiny.run(TEXT)["logits"], one)
    assert np.array_equal(tiny.run(TEXT)["logits"], clean)
    assert not np.array_equal(one, clean)
    assert not np.array_equal(made[0], one)


def test_ablation_reaches_generation(tiny: LanguageModel) -> None:
    everything = range(tiny.dims.n_layers)
    with tiny.ablate(attns=everything, mlps=everything):
        # Only embeddings are left: the prediction no longer depends on what came before.
        first = [s.prob for s in tiny.stream("the cat", 1, 0)]
        second = [s.prob for s in tiny.stream("a red cat", 1, 0)]
        assert first == pytest.approx(second)


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        ({"heads": [(9, 0)]}, IndexError, "layer 9 .* 0 to 2"),
        ({"heads": [(0, 6)]}, IndexError, "head 6 .* 0 to 5"),
        ({"mlps": [3]}, IndexError, "layer 3"),
        ({"heads": [1]}, TypeError, "pairs"),
    ],
)
def test_ablating_what_is_not_there(tiny: LanguageModel, bad, error, message) -> None:
    with pytest.raises(error, match=message), tiny.ablate(**bad):
        pass
    assert not tiny.edits


def test_ablating_at_some_positions(tiny: LanguageModel) -> None:
    clean = tiny.run(TEXT)
    with tiny.ablate(heads=[(1, 2)], mlps=[0], positions=[2, 4]):
        trace = tiny.run(TEXT)
    assert not trace["z"][1, 2, [2, 4]].any()
    assert trace["z"][1, 2, [0, 1, 3]].all()
    assert not trace["mlp_out"][0, [2, 4]].any()
    np.testing.assert_array_equal(trace["mlp_out"][0, [0, 1, 3]], clean["mlp_out"][0, [0, 1, 3]])


def test_ablating_everything_leaves_the_embedding(tiny: LanguageModel) -> None:
    everything = range(tiny.dims.n_layers)
    with tiny.ablate(attns=everything, mlps=everything):
        trace = tiny.run(TEXT)
    np.testing.assert_array_equal(trace["resid_final"], trace["embed"])
    assert np.isfinite(trace["logits"]).all()


# --- by the mean, or by another text's value ----------------------------------------------------

TEXTS = ["the cat sat on the mat", "the dog ran to the house", "the red mat and the river"]


@pytest.fixture(scope="module")
def outputs(tiny: LanguageModel):
    """Of each text, what heads and layers put out."""
    assert len({len(tiny.token_ids(text)) for text in TEXTS}) == 1
    return [tiny.run(text, sites=("z", "attn_out", "mlp_out")) for text in TEXTS]


def test_mean_of_each_position(tiny: LanguageModel, outputs) -> None:
    parts = {"heads": [(1, 2), (1, 4)], "attns": [0], "mlps": [2]}
    with tiny.ablate(**parts, by="mean", reference=TEXTS, per_position=True):
        trace = tiny.run(TEXTS[0])
    for site, at in (("z", (1, [2, 4])), ("attn_out", 0), ("mlp_out", 2)):
        expected = np.mean([held[site][at] for held in outputs], axis=0)
        np.testing.assert_allclose(trace[site][at], expected, atol=1e-6)
    assert not np.allclose(trace["z"][1, 0], 0)


def test_mean_of_all_tokens_but_the_first(tiny: LanguageModel, outputs) -> None:
    longer = TEXTS[0] + " by the river"  # the texts need not be as long
    with tiny.ablate(mlps=[1], by="mean", reference=TEXTS):
        trace = tiny.run(longer)
    held = np.stack([one["mlp_out"][1] for one in outputs])
    np.testing.assert_allclose(trace["mlp_out"][1, 0], held[:, 0].mean(0), atol=1e-6)
    for row in trace["mlp_out"][1, 1:]:
        np.testing.assert_allclose(row, held[:, 1:].mean((0, 1)), atol=1e-6)


def test_resampling_one_text(tiny: LanguageModel, outputs) -> None:
    taken = set()
    for seed in range(12):
        parts = {"heads": [(0, 3)], "mlps": [1]}
        with tiny.ablate(**parts, by="resample", reference=TEXTS, per_position=True, seed=seed):
            trace = tiny.run(TEXTS[0])
        same = [
            np.allclose(trace["z"][0, 3], one["z"][0, 3], atol=1e-6)
            and np.allclose(trace["mlp_out"][1], one["mlp_out"][1], atol=1e-6)
            for one in outputs
        ]
        assert same.count(True) == 1  # both parts from one text
        taken.add(same.index(True))
    assert taken == {0, 1, 2}


def test_resampling_all_tokens(tiny: LanguageModel, outputs) -> None:
    with tiny.ablate(heads=[(1, 2)], by="resample", reference=TEXTS, seed=3):
        trace = tiny.run(TEXTS[0] + " by the river")
    pool = np.concatenate([one["z"][1, 2, 1:] for one in outputs])
    firsts = np.stack([one["z"][1, 2, 0] for one in outputs])
    for position, row in enumerate(trace["z"][1, 2]):
        among = pool if position else firsts
        assert np.abs(among - row).max(axis=1).min() < 1e-6
    assert len(np.unique(trace["z"][1, 2, 1:].round(5), axis=0)) > 2


def test_a_reference_is_read_by_the_unchanged_model(tiny: LanguageModel, outputs) -> None:
    with tiny.ablate(mlps=[0]):
        reference = tiny.reference(TEXTS, ("z",))
    np.testing.assert_allclose(reference.outputs["z"][1], outputs[1]["z"], atol=1e-6)
    assert "3 texts" in repr(reference)


def test_mean_ablation_at_some_positions(tiny: LanguageModel, outputs) -> None:
    with tiny.ablate(mlps=[0], by="mean", reference=TEXTS, per_position=True, positions=[3]):
        trace = tiny.run(TEXTS[1])
    expected = outputs[1]["mlp_out"][0].copy()
    expected[3] = np.mean([one["mlp_out"][0, 3] for one in outputs], axis=0)
    np.testing.assert_allclose(trace["mlp_out"][0], expected, atol=1e-6)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"by": "median"}, "expected 'zero', 'mean' or 'resample'"),
        ({"by": "mean"}, "give reference="),
        ({"by": "mean", "reference": []}, "one text or more"),
        ({"by": "mean", "reference": "the cat"}, "a list"),
        ({"by": "mean", "reference": ["the", "the cat sat"], "per_position": True}, "equal length"),
        ({"positions": [-1]}, "from 0 on"),
        (
            {"by": "mean", "reference": ["the cat"], "per_position": True, "positions": [40]},
            "beyond",
        ),
    ],
)
def test_ablations_that_cannot_be(tiny: LanguageModel, bad, message) -> None:
    with pytest.raises(ValueError, match=message):
        tiny.ablation(mlps=[0], **bad)


def test_a_reference_must_hold_what_is_needed(tiny: LanguageModel, tiny_folder) -> None:
    with pytest.raises(ValueError, match="make it with sites"):
        tiny.ablation(mlps=[0], by="mean", reference=tiny.reference(TEXTS, ("z",)))
    with pytest.raises(ValueError, match="a reference keeps"):
        tiny.reference(TEXTS, ("q",))
    elsewhere = llm_viz.load_model(tiny_folder("qwen2"), device="cpu").reference(TEXTS)
    with pytest.raises(ValueError, match="another model"):
        tiny.ablation(mlps=[0], by="mean", reference=elsewhere)


def test_texts_must_be_as_long_as_a_reference_by_position(tiny: LanguageModel) -> None:
    by_position = tiny.ablation(mlps=[0], by="mean", reference=TEXTS, per_position=True)
    with tiny.edit(by_position), pytest.raises(ValueError, match="equal length"):
        tiny.run("the cat")
    with tiny.ablate(mlps=[0], positions=[30]), pytest.raises(ValueError, match="position 30"):
        tiny.run("the cat")


# --- patching ----------------------------------------------------------------------------------


@pytest.mark.parametrize("family", ["llama", "gpt2", "gpt_neox", "qwen3"])
@pytest.mark.parametrize("site", EDITABLE)
def test_patching_a_run_with_itself_changes_nothing(tiny_folder, family, site) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    if site not in lm.sites:
        pytest.skip(f"a {family} has no {site}")
    clean = lm.run(TEXT)
    with lm.patch(clean, site, layers=layer_for(site)):
        np.testing.assert_allclose(lm.run(TEXT)["logits"], clean["logits"], atol=2e-5)


@pytest.mark.parametrize("site", EDITABLE)
def test_patched_values_are_there_and_change_what_follows(tiny, other, site) -> None:
    clean = tiny.run(TEXT)
    with tiny.patch(other, site, layers=layer_for(site), positions=[2, -1]):
        trace = tiny.run(TEXT)
    at = ... if layer_for(site) is None else LAYER
    last = len(other) - 1
    for position in range(len(trace)):
        source = other if position in (2, last) else clean
        np.testing.assert_allclose(
            trace[site][at][..., position, :], source[site][at][..., position, :], atol=1e-5
        )
    assert not np.allclose(trace["logits"][-1], clean["logits"][-1], atol=1e-3)
    np.testing.assert_allclose(trace["logits"][:2], clean["logits"][:2], atol=1e-5)


@pytest.mark.parametrize("site", ["embed", "resid_pre", "resid_post", "resid_final"])
def test_the_whole_stream_of_another_text_gives_its_prediction(tiny, other, site) -> None:
    with tiny.patch(other, site, layers=layer_for(site)):
        np.testing.assert_allclose(tiny.run(TEXT)["logits"], other["logits"], atol=1e-5)


def test_patching_one_head(tiny, other) -> None:
    clean = tiny.run(TEXT)
    with tiny.patch(other, "z", layers=LAYER, heads=[3]):
        trace = tiny.run(TEXT)
    np.testing.assert_array_equal(trace["z"][LAYER, 3], other["z"][LAYER, 3])
    np.testing.assert_array_equal(
        trace["z"][LAYER, [0, 1, 2, 4, 5]], clean["z"][LAYER, [0, 1, 2, 4, 5]]
    )


def test_a_changed_pattern_moves_other_values_and_is_what_the_trace_says(tiny) -> None:
    clean = tiny.run(TEXT)
    uniform = np.tri(len(clean), dtype=np.float32)
    uniform /= uniform.sum(-1, keepdims=True)
    with tiny.patch(uniform[None], "pattern", layers=LAYER, heads=[2]):
        trace = tiny.run(TEXT)
    np.testing.assert_array_equal(trace["pattern"][LAYER, 2], uniform)
    np.testing.assert_allclose(trace["pattern"][LAYER, 3], clean["pattern"][LAYER, 3], atol=1e-6)
    shared_by = tiny.dims.n_heads // tiny.dims.n_kv_heads
    values = clean["v"][LAYER, 2 // shared_by]
    np.testing.assert_allclose(trace["z"][LAYER, 2], uniform @ values, atol=1e-5)


def test_changed_scores_pass_through_the_softmax(tiny) -> None:
    clean = tiny.run(TEXT)
    scores = clean["attn_scores"][LAYER, 2].copy()
    scores[-1] = 0
    with tiny.patch(scores[None], "attn_scores", layers=LAYER, heads=[2]):
        trace = tiny.run(TEXT)
    np.testing.assert_allclose(trace["pattern"][LAYER, 2, -1], 1 / len(clean), atol=1e-6)


def test_several_layers_at_once(tiny, other) -> None:
    with tiny.patch(other, "mlp_out", layers=[0, 2]):
        trace = tiny.run(TEXT)
    np.testing.assert_array_equal(trace["mlp_out"][[0, 2]], other["mlp_out"][[0, 2]])
    assert not np.allclose(trace["mlp_out"][1], other["mlp_out"][1])


def test_the_innermost_change_wins(tiny, other) -> None:
    with tiny.patch(other, "mlp_out", layers=LAYER), tiny.ablate(mlps=[LAYER]):
        assert not tiny.run(TEXT)["mlp_out"][LAYER].any()
    with tiny.ablate(mlps=[LAYER]), tiny.patch(other, "mlp_out", layers=LAYER):
        np.testing.assert_array_equal(tiny.run(TEXT)["mlp_out"], tiny.run(TEXT)["mlp_out"])
        np.testing.assert_array_equal(tiny.run(TEXT)["mlp_out"][LAYER], other["mlp_out"][LAYER])
    assert not tiny.edits


def test_changes_are_one_text_of_a_batch_or_of_all(tiny, other) -> None:
    with tiny.patch(other, "mlp_out", layers=LAYER):
        for trace in tiny.run_many([TEXT, OTHER, TEXT]):
            np.testing.assert_array_equal(trace["mlp_out"][LAYER], other["mlp_out"][LAYER])


def test_a_patched_prompt_is_written_on_from(tiny, other) -> None:
    expected = [step.prob for step in tiny.stream(OTHER, 1, 0)]
    with tiny.patch(other, "resid_post", layers=LAYER, positions=range(len(other))):
        written = list(tiny.stream(TEXT, 4, 0))
    assert written[0].prob == pytest.approx(expected[0], rel=1e-4)
    assert len(written) == 4


@pytest.mark.parametrize(
    ("at", "error", "message"),
    [
        ({"site": "residual", "layers": 1}, KeyError, "unknown site"),
        ({"site": "logits", "layers": 1}, ValueError, "read by nothing"),
        ({"site": "head_out", "layers": 1}, ValueError, "read by nothing"),
        ({"site": "z"}, ValueError, "name its layer"),
        ({"site": "embed", "layers": 0}, ValueError, "has no layers"),
        ({"site": "z", "layers": 3}, IndexError, "layer 3"),
        ({"site": "z", "layers": 0, "heads": [6]}, IndexError, "head 6"),
        ({"site": "k", "layers": 0, "heads": [2]}, IndexError, "key/value heads go from 0 to 1"),
        ({"site": "mlp_out", "layers": 0, "heads": [1]}, ValueError, "has no heads"),
        ({"site": "z", "layers": 0, "positions": [99]}, IndexError, "position 99"),
    ],
)
def test_patches_that_cannot_be(tiny, other, at, error, message) -> None:
    with pytest.raises(error, match=message):
        tiny.patching(other, **at)


def test_arrays_of_a_wrong_shape(tiny) -> None:
    d = tiny.dims
    with pytest.raises(ValueError, match=r"shape \(2, 5\); expected \(2, 24\)"):
        tiny.patching(np.zeros((2, 5)), "mlp_out", layers=0)
    with pytest.raises(ValueError, match="expected"):
        tiny.patching(np.zeros(d.d_model), "mlp_out", layers=0)
    with pytest.raises(ValueError, match="not all finite"):
        tiny.patching(np.full((1, d.d_model), np.nan), "mlp_out", layers=0, positions=[0])
    with pytest.raises(ValueError, match="from 0 on"):
        tiny.patching(np.zeros((1, d.d_model)), "mlp_out", layers=0, positions=[-1])


def test_traces_of_another_length_or_model(tiny, other, tiny_folder) -> None:
    with (
        tiny.patch(other, "mlp_out", layers=0),
        pytest.raises(ValueError, match=r"come from .* tokens and this text has"),
    ):
        tiny.run("the cat")
    with tiny.patch(other, "mlp_out", layers=0, positions=[1]):
        tiny.run("the cat")  # a named position is there
    row = tiny.patching(other, "pattern", layers=0, positions=[1])
    with tiny.edit(row), pytest.raises(ValueError, match="equal length"):
        tiny.run("the cat")  # but a row of a pattern looks at every token
    elsewhere = llm_viz.load_model(tiny_folder("qwen2"), device="cpu").run(TEXT)
    with pytest.raises(ValueError, match="another model"):
        tiny.patching(elsewhere, "mlp_out", layers=0)
    with pytest.raises(KeyError, match="no 'mlp_out'"):
        tiny.patching(tiny.run(TEXT, sites=("z",)), "mlp_out", layers=0)
