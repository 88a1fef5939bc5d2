"""The dice are keyed, repeatable and do not wear out."""

from __future__ import annotations

from connectors.synthetic.dice import DiceBox


def test_dice_of_one_use_and_case_fall_alike_each_time() -> None:
    """A resident can be made again, later and alone."""
    box = DiceBox(1, "072010", "resident")
    assert [box.dice(5).below(1 << 64) for _ in range(3)] == [box.dice(5).below(1 << 64)] * 3


def test_seed_town_use_and_case_each_change_the_throws() -> None:
    """None of the four is ignored, and none can pass for another (1 and 23 is not 12 and 3)."""
    boxes = [
        DiceBox(1, "072010", "resident"),
        DiceBox(2, "072010", "resident"),
        DiceBox(1, "112291", "resident"),
        DiceBox(1, "072010", "event"),
        DiceBox(12, "3", "x"),
        DiceBox(1, "23", "x"),
    ]
    throws = [box.dice(case).below(1 << 64) for box in boxes for case in (0, 1)]
    assert len(set(throws)) == len(throws)


def test_throws_stay_even_long_after_the_first_digest_is_used_up() -> None:
    """Each side of a die comes up about as often over 6,000 throws from one digest's start."""
    dice = DiceBox(1, "072010", "resident").dice(0)
    throws = [dice.below(6) for _ in range(6000)]
    assert all(850 < throws.count(side) < 1150 for side in range(6))
