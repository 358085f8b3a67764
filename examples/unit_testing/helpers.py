"""Decisions of the workflow. They are pure, so they may run again on every replay."""

from typing import NamedTuple

SMALL_AMOUNT = 2_000


class Reminder(NamedTuple):
    """One reminder: how it sounds, how many days it leaves, and its fee in cents."""

    tone: str
    days: int
    fee: int


FRIENDLY = Reminder("friendly", days=14, fee=0)
FIRM = Reminder("firm", days=10, fee=500)
FINAL = Reminder("final", days=7, fee=1_000)


def plan(amount: int) -> list[Reminder]:
    """Return the reminders that an invoice over `amount` cents is worth, in their order."""
    return [FRIENDLY, FIRM] if amount < SMALL_AMOUNT else [FRIENDLY, FIRM, FINAL]


def with_fee(amount: int, reminder: Reminder) -> int:
    """Return what the customer owes, in cents, once this reminder has been sent."""
    return amount + reminder.fee
