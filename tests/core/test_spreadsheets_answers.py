"""The child that reads a table is confined because a file may take it over: then it says anything."""

import json
import struct
from pathlib import Path

import pytest

from core.spreadsheets import Refusal, child
from tests.core.files import limits, refused, workbook

HEAD = {"encoding": "", "sheets": [], "sheet": "", "epoch_1904": False, "lines": 1}
UNSOUND_HEADS = [
    [],
    1e999,
    {},
    {"head": []},
    {"head": {**HEAD, "lines": 10**12}},
    {"head": {**HEAD, "sheet": None}},
    {"head": {**HEAD, "sheets": [{"name": "a"}]}},
    {"head": {**HEAD, "hidden_rows": [0]}},
    {"head": {**HEAD, "hidden_rows": [2**31]}},
    {"head": {**HEAD, "hidden_rows": ["1"]}},
    {"head": {**HEAD, "unsaved_rows": [1], "unsaved_columns": []}},
    {"head": {**HEAD, "unsaved_rows": [1], "unsaved_columns": ["x"]}},
    {"head": {**HEAD, "unsaved_rows": [1], "unsaved_columns": [""]}},
    {"head": {**HEAD, "unsaved_rows": [10**25], "unsaved_columns": ["00"]}},
    {"head": {**HEAD, "merged": [[0, 1]]}},
    {"head": {**HEAD, "merged": [[0, 3, 2]]}},
    {"head": {**HEAD, "merged": [[0, "1", 2]]}},
    {"head": {**HEAD, "merged": [1]}},
    {"refused": "whatever"},
    {"refused": "broken", "row": "1"},
]
UNSOUND_ROWS = [
    {"n": [1]},
    {"n": [-1], "c": [["x"]], "d": {}},
    {"n": [True], "c": [["x"]], "d": {}},
    {"n": [3 * 10**9], "c": [["x"]], "d": {}},
    {"n": [1, 2], "c": [["x"]], "d": {}},
    {"n": [1], "c": ["x"], "d": {}},
    {"n": [1], "c": [[["x"]]], "d": {}},
    {"n": [1], "c": [[None]], "d": {}},
    {"n": [1], "c": [["x"]], "d": {"9": [0]}},
    {"n": [1], "c": [["x"]], "d": {"0": [0]}},
    {"n": [1], "c": [["1948-03-12"]], "d": {"0": [1]}},
    {"n": [1], "c": [["1948-03-12"]], "d": {"x": [0]}},
    {"n": [1], "c": [[19480312]], "d": {"0": [0]}},
    {"n": [1], "t": "x"},
    {"n": [1], "t": 7, "d": {}},
    {"n": [1], "t": ["x"], "d": {}},
    {"n": [], "t": "x", "d": {}},
    {"n": [1], "t": "x\x80y", "d": {}},
    {"n": [1, 2], "t": "x\x7fy", "d": {}},
    {"n": [1], "t": "x", "d": {"0": [0]}},
]


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    """Return an honest workbook."""
    return workbook(tmp_path / "book.xlsx", "")


@pytest.fixture
def say(tmp_path, monkeypatch):
    """Return what has every child say some texts, a frame each, and end."""

    def ready(*texts: str) -> None:
        frames = [text.encode("utf-8", "surrogateescape") for text in texts]
        said = b"".join(struct.pack(">I", len(frame)) + frame for frame in frames)
        program = tmp_path / "child.py"
        program.write_text(f"import sys\nsys.stdout.buffer.write({said!r})\n")
        monkeypatch.setattr(child, "__file__", str(program))

    return ready


@pytest.mark.parametrize("head", UNSOUND_HEADS, ids=str)
def test_an_unsound_head_is_not_believed(upload, say, head):
    say(json.dumps(head))
    assert refused(upload).code == Refusal.BROKEN


@pytest.mark.parametrize("rows", UNSOUND_ROWS, ids=str)
def test_unsound_rows_are_not_believed(upload, say, rows):
    say(json.dumps({"head": HEAD}), json.dumps(rows))
    assert refused(upload).code == Refusal.BROKEN


@pytest.mark.parametrize("answer", ["", "{", "[" * 100_000, "9" * 5000, "\udcff"], ids=len)
def test_what_is_no_json_is_not_believed(upload, say, answer):
    say(answer)
    assert refused(upload).code == Refusal.BROKEN


def test_a_child_that_goes_on_beyond_the_limit_is_ended(upload, say):
    batch = json.dumps({"n": [1], "c": [["x"]], "d": {}})
    say(json.dumps({"head": HEAD}), batch, batch)
    assert refused(upload, limits=limits(rows=1)).code == Refusal.TOO_MANY_ROWS
