"""How far a long verb has come, where nobody looks at a terminal."""

import pytest

from senga.verbs import progress


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "LOGGED", 0.0)


def test_a_log_is_told_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.progress_bar("pairs") as bar:
        task = bar.add_task("", total=10)
        bar.update(task, completed=3)
        bar.update(task, advance=4, description="2.0 pairs/s")
    assert capsys.readouterr().err.splitlines() == ["3 of 10 pairs", "7 of 10 pairs: 2.0 pairs/s"]


def test_what_has_no_end_yet_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.progress_bar("frames") as bar:
        bar.update(bar.add_task("", total=None), advance=1)
    assert capsys.readouterr().err == "1 frames\n"


@pytest.mark.parametrize("silent", [{"shown": False}, {"logged": False}])
def test_silence_is_kept_where_it_is_asked_for(silent: dict[str, bool], capsys: pytest.CaptureFixture[str]) -> None:
    with progress.progress_bar("pairs", **silent) as bar:
        bar.update(bar.add_task("", total=10), completed=3)
    assert capsys.readouterr().err == ""


def test_a_verb_of_less_than_a_minute_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "LOGGED", 60.0)
    with progress.progress_bar("pairs") as bar:
        bar.update(bar.add_task("", total=10), completed=10)
    assert capsys.readouterr().err == ""
