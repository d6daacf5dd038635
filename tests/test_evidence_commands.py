"""What the command line promises of the evidence: a day in, nothing later than that day used."""

from __future__ import annotations

import csv
import io
import shutil

import pytest

import model
from model import record
from model.__main__ import main
from model.observe import known, obstacle

PLAN = model.load_plan("zhengzhou_2020")
FEW = ("--draws", "256")


def said(capsys, *arguments: str) -> tuple[str, str]:
    assert main(arguments) == 0
    found = capsys.readouterr()
    return found.out, found.err


def rows(text: str) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text))}


def usable(figures: tuple[model.Known, ...]) -> list[model.Known]:
    """Return the figures that the model can answer to: of the city, within its horizon."""
    return [figure for figure in figures if not obstacle(PLAN, figure.observation)]


def test_the_board_of_a_day_says_how_many_figures_it_learned(capsys):
    _, heard = said(capsys, "board", "--as-of", "2020-04-30", *FEW)
    figures = usable(known(PLAN, "2020-04-30"))
    assert f"as of 2020-04-30: {len(figures)} figures" in heard


def test_what_is_learned_narrows_the_forecast_of_growth(capsys):
    before = rows(said(capsys, "board", "--as-of", "2020-01-01", "--format", "csv", *FEW)[0])
    after = rows(said(capsys, "board", "--as-of", "2020-12-31", "--format", "csv", *FEW)[0])

    def width(board: dict[str, dict[str, str]]) -> float:
        return float(board["T01"]["high"]) - float(board["T01"]["low"])

    assert width(after) < width(before)


def test_figures_with_an_inferred_date_can_be_left_out(capsys):
    _, heard = said(capsys, "board", "--as-of", "2020-04-30", "--released-only", *FEW)
    sure = usable(known(PLAN, "2020-04-30", estimated_dates=False))
    assert f"{len(sure)} figures (0 with an inferred date)" in heard


def test_a_path_of_a_day_is_that_of_a_draw_which_can_be_run_again(capsys):
    _, heard = said(capsys, "simulate", "--as-of", "2020-04-30", "--by", "month")
    assert "comes nearest" in heard


@pytest.mark.parametrize("text", ["2020-13-01", "yesterday", "2020-02-30"])
def test_a_day_that_is_none_is_refused_in_one_line(capsys, text):
    assert main(("board", "--as-of", text)) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert text in lines[0]


def test_the_committed_record_belongs_to_the_numbers_that_are_shipped():
    assert not record.stale(PLAN)


def test_a_record_run_on_other_numbers_is_called_stale(capsys, tmp_path):
    folder = shutil.copytree(PLAN.folder, tmp_path / "city")
    file = folder / "parameters.csv"
    text = file.read_text("utf-8")
    assert ",0.4,0.5,0.6,two_piece_normal,city," in text
    file.write_text(text.replace(",0.4,0.5,0.6,", ",0.4,0.51,0.6,", 1), "utf-8")
    assert main(("record", "--show", "--plan", str(folder))) == 1
    assert capsys.readouterr().out.startswith("STALE")


def test_the_record_says_where_the_model_loses_with_the_number_of_cases(capsys):
    text, _ = said(capsys, "record", "--show")
    lines = [line for line in text.splitlines() if line.rstrip().endswith("cases")]
    standing = record.standing(record.read(PLAN), "zhengzhou")
    assert len(lines) >= len(standing)
    assert sum("LOSES" in line for line in lines) == int(standing["loses"].sum())
