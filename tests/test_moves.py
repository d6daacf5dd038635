"""What a browser tells of its levers: every move is taken once, and nothing else is."""

import pytest

from pages.parts import moves

KNOWN = {"completions", "cloud"}
MOVE = {"n": 7, "v": 210, "live": False}


def read(told, taken=()):
    return moves.read(told, "mine", dict(taken), KNOWN)


def test_a_move_is_taken_until_it_is_known_to_be_taken():
    told = {"token": "mine", "open": {"completions": MOVE}}
    assert read(told) == [("completions", 7, 210.0, False)]
    assert read(told, {"completions": 6}) == read(told)
    assert read(told, {"completions": 7}) == []


def test_two_levers_that_moved_before_an_answer_are_both_taken():
    told = {"token": "mine", "open": {"completions": MOVE, "cloud": MOVE | {"live": True}}}
    assert read(told, {"completions": 7}) == [("cloud", 7, 210.0, True)]
    assert [name for name, *_ in read(told)] == ["completions", "cloud"]


def test_what_was_told_to_another_session_is_left():
    assert read({"token": "another", "open": {"completions": MOVE}}) == []


@pytest.mark.parametrize(
    "told",
    [
        None, 7, "mine", [], {}, {"token": "mine"},
        *({"token": "mine", "open": held} for held in (None, 3, [MOVE], {"no_such_lever": MOVE})),
        *(
            {"token": "mine", "open": {"completions": move}}
            for move in (
                None, 210, [], {}, {"n": 7}, {"v": 210}, MOVE | {"n": "8"}, MOVE | {"v": "210"},
                MOVE | {"v": None}, MOVE | {"v": float("nan")}, MOVE | {"n": float("inf")},
                MOVE | {"v": {"v": 210}},
            )
        ),
    ],
)  # fmt: skip
def test_what_is_not_a_move_is_passed_over(told):
    assert read(told) == []
