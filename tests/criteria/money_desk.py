"""What the tests of money entry share: entries through the services, as people make them."""

from datetime import date

from criteria.choices import SourceKind
from criteria.money_rules import Entry
from criteria.selectors.funding import Money, item_lines, total
from criteria.services.work_items import Typed, enter_amount, take_back
from ntm_tracker.core.documents import Paper
from tests.factories import NOW, TODAY

TRIEU = 10**6
PAPER = Paper("12/QĐ-UBND", date(2022, 4, 20), issuer="UBND huyện", subject="Giao vốn đợt 1")


def enter(item, entry, amount, by, **fields):
    """One entry at a work item; a source has its paper unless told otherwise."""
    typed = {"amount": amount, "effective_on": TODAY}
    if entry != Entry.NEED:
        typed["kind"] = SourceKind.PROVINCIAL
    if entry == Entry.SOURCE:
        typed["paper"] = PAPER
    typed |= fields
    return enter_amount(item=item, entry=entry, typed=Typed(**typed), by=by, now=NOW, today=TODAY)


def undo(item, entry, pk, by):
    return take_back(item=item, entry=entry, pk=pk, by=by, now=NOW, today=TODAY)


def money(item, on=TODAY) -> Money:
    return total(item_lines(type(item).objects.filter(pk=item.pk), on))
