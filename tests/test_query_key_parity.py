"""The matches that JavaScript is held to: up to date, and agreed by `llm_viz.analyses.match`."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

import llm_viz
from llm_viz.analyses import match
from llm_viz.widgets.query_key_file import unpack
from tests.fixtures import make_query_key

HELD = json.loads((make_query_key.FOLDER / "query_key.json").read_text(encoding="utf-8"))
REFRESH = "run `python -m tests.fixtures.make_query_key`"


def test_the_fixture_is_up_to_date() -> None:
    fresh = make_query_key.make()
    assert fresh.keys() == HELD.keys()
    for family, held in HELD.items():
        new = fresh[family]
        told, arrays = unpack(base64.b64decode(new["packed"]))
        told_held, arrays_held = unpack(base64.b64decode(held["packed"]))
        assert told == told_held, REFRESH
        assert arrays.keys() == arrays_held.keys(), REFRESH
        for name, array in arrays.items():
            np.testing.assert_allclose(array, arrays_held[name], rtol=2e-3, atol=1e-4, err_msg=name)
        for one, other in zip(new["expected"], held["expected"], strict=True):
            for name, values in one.items():
                np.testing.assert_allclose(values, other[name], atol=1e-4, err_msg=REFRESH)


@pytest.mark.parametrize("family", HELD)
def test_what_is_packed_says_what_the_analysis_says(tiny_folder, family: str) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    held = HELD[family]
    told, arrays = unpack(base64.b64decode(held["packed"]))
    assert told["rates"] == list(lm.config.rotary or ())
    for i, (layer, head) in enumerate(held["heads"]):
        ids = arrays[f"token_ids.{i}"].tolist()
        assert {*held["tokens"], *told["token_ids"]} <= set(ids)
        for query in range(len(told["tokens"])):
            found = match(lm, held["text"], layer, head, query, 1, k=4)
            assert set(found.moved_ids) <= set(ids)
            columns = [ids.index(token) for token in found.moved_ids]
            said = arrays["strength"][query] * arrays[f"said.{i}"][:, columns]
            np.testing.assert_allclose(said, found.value_logits, rtol=2e-3, atol=1e-4)
            expected = held["expected"][i]
            np.testing.assert_allclose(found.scores, expected["scores"][query], atol=1e-4)
            sums = found.pattern @ (arrays["strength"][query] * arrays[f"said.{i}"])
            of_tokens = [sums[ids.index(token)] for token in held["tokens"]]
            np.testing.assert_allclose(of_tokens, expected["logits"][query], atol=1e-3)
