"""What a page carries of its widgets' state."""

from __future__ import annotations

import base64
import json
from typing import Any

from llm_viz.widget_state import (
    SOURCE,
    STATE,
    VIEW,
    as_script,
    asset_names,
    only_needed,
    progress_bars,
    set_traces_aside,
    share_sources,
    shown_in,
    with_current_views,
)


def model(name: str = "AnyModel", **state: Any) -> dict[str, Any]:
    return {"model_name": name, "model_module": "anywidget", "state": state}


def test_finds_the_shown_models_in_order() -> None:
    views = "".join(as_script(VIEW, {"version_major": 2, "model_id": name}) for name in "ba")
    assert shown_in(f"<p>{views}</p>") == ["b", "a"]
    assert shown_in("<p>no widget</p>") == []


def test_knows_progress_bars_and_what_holds_them() -> None:
    models = {
        "bar": model("FloatProgressModel"),
        "text": model("HTMLModel"),
        "tqdm": model("HBoxModel", children=["IPY_MODEL_text", "IPY_MODEL_bar"]),
        "box": model("HBoxModel", children=["IPY_MODEL_text"]),
        "ours": model(),
    }
    assert progress_bars(models) == {"bar", "tqdm"}
    assert progress_bars({}) == set()


def test_keeps_children_and_links_and_drops_the_rest() -> None:
    models = {
        "shown": model(child="IPY_MODEL_child", other={"deep": ["anywidget:deep"]}),
        "child": model(layout="IPY_MODEL_layout"),
        "deep": model(),
        "layout": model("LayoutModel"),
        "link": model("LinkModel", source=["IPY_MODEL_child", "x"], target=["IPY_MODEL_far", "x"]),
        "far": model(),
        "unseen": model(layout="IPY_MODEL_layout"),
        "unseen link": model(
            "LinkModel", source=["IPY_MODEL_unseen", "x"], target=["IPY_MODEL_unseen", "y"]
        ),
    }
    assert only_needed(models, ["shown"]).keys() == models.keys() - {"unseen", "unseen link"}


def test_a_missing_child_is_no_error() -> None:
    assert only_needed({"a": model(child="IPY_MODEL_gone")}, ["a", "lost"]).keys() == {"a"}


def test_views_of_the_package_get_the_current_source() -> None:
    models = {
        "ours": model(_anywidget_id="llm_viz.widgets.next_token.NextToken", _esm="old"),
        "theirs": model(_anywidget_id="someone.else.Widget", _esm="theirs"),
        "unbuilt": model(_anywidget_id="llm_viz.widgets.unbuilt.Unbuilt", _esm="kept"),
    }
    built = {("next_token", "js"): "new", ("next_token", "css"): "new style"}
    current = with_current_views(models, lambda name, kind: built.get((name, kind)))
    assert [current[key]["state"]["_esm"] for key in models] == ["new", "theirs", "kept"]
    assert current["ours"]["state"]["_css"] == "new style"
    assert models["ours"]["state"]["_esm"] == "old"


def test_each_source_is_stored_once() -> None:
    models = {
        "a": model(_esm="code", _css="p {}"),
        "b": model(_esm="code", _css=""),
        "c": model(_esm="other code"),
    }
    shared, sources = share_sources(models)
    assert sorted(sources.values()) == ["code", "other code", "p {}"]
    assert shared["a"]["state"]["_esm"] == shared["b"]["state"]["_esm"]
    for name, original in models.items():
        for trait in ("_esm", "_css"):
            value = original["state"].get(trait)
            if value:
                assert sources[shared[name]["state"][trait].removeprefix(SOURCE)] == value


def test_names_the_assets_of_the_packages_widgets_only() -> None:
    ours = "llm_viz.widgets.next_token.NextToken"
    models = {
        "a": model(_anywidget_id=ours, assets={"vocabulary": "vocabulary-1.json"}),
        "b": model(_anywidget_id=ours, assets={"vocabulary": "vocabulary-1.json", "x": "y.bin"}),
        "c": model(_anywidget_id=ours),
        "d": model(_anywidget_id="someone.else.Widget", assets={"not": "ours.bin"}),
    }
    assert asset_names(models) == {"vocabulary-1.json", "y.bin"}


def test_no_text_can_leave_its_script() -> None:
    evil = {"text": "</script><script>alert(1)</script><!--"}
    script = as_script(STATE, evil)
    assert script.count("<") == 2  # the tag itself
    content = script.removeprefix(f'<script type="{STATE}">').removesuffix("</script>\n")
    assert json.loads(content) == evil


def test_all_traces_but_the_one_that_is_seen_first_are_set_aside() -> None:
    def view(kind: str) -> dict[str, Any]:
        buffers = [
            {"path": ["traces", i], "encoding": "base64", "data": base64.b64encode(data).decode()}
            for i, data in enumerate((b"one", b"two"))
        ]
        own = {"path": ["own"], "encoding": "base64", "data": "AAAA"}
        state = {"_anywidget_id": kind, "prompt": 1, "traces": [None, None]}
        return {**model(**state), "buffers": [*buffers, own]}

    ours = "llm_viz.widgets.next_token.NextToken"
    models = {"first": view(ours), "second": view(ours), "other": view("some.other.View")}
    current, files = set_traces_aside(models, "first")
    assert sorted(files.values()) == [b"one", b"two"]

    def where(name: str) -> list[bytes | None]:
        held = current[name]["state"]["traces"]
        return [files[trace["asset"]] if trace else None for trace in held]

    assert where("first") == [b"one", None]
    assert where("second") == [b"one", b"two"]
    assert current["other"] == models["other"]
    paths = [buffer["path"] for buffer in current["first"]["buffers"]]
    assert paths == [["traces", 1], ["own"]]
    assert models["first"]["state"]["traces"] == [None, None]
