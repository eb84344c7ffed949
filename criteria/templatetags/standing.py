"""Filters that turn stored codes of the criteria into signs and words."""

from django import template

from criteria.choices import Cell
from criteria.models import Assessment
from criteria.rules import cell_for, value_words
from criteria.signs import CELL_SIGN, GROUP_WORDS

register = template.Library()


@register.filter
def cell_sign(cell: str) -> str:
    """The class that draws a cell, for components/sign.html."""
    return CELL_SIGN[Cell(cell)]


@register.filter
def cell_word(cell: str) -> str:
    """What a cell says, in words."""
    return str(Cell(cell).label)


@register.filter
def said_cell(row: Assessment) -> str:
    """The cell of one judgement taken alone, so that it is drawn with its rung."""
    return cell_for({row.stage: row})


@register.filter
def measured(row: Assessment, unit: str = "") -> str:
    """The value of a judgement with its unit, and what was counted; "" where nothing was."""
    return value_words(row, unit)


@register.filter
def group_word(group: str) -> str:
    """A region or group of communes in words; an unknown code as it is."""
    return GROUP_WORDS.get(group, group)
