"""The hidden part of a form, by which a cell that nobody touched is known, is broken."""

from dataclasses import replace

import pytest

from criteria.importers import NeedImporter
from ntm_tracker.core.clock import as_of_on
from ntm_tracker.core.intake.forms import form_file, settled
from ntm_tracker.core.intake.reading import read_book
from ntm_tracker.core.intake.table import read_table
from tests import factories


@pytest.mark.parametrize("mark", ["", '["a", "b', "3", "null", "{}", "[" * 100_000, '["a"]'])
def test_a_row_whose_hidden_part_is_broken_is_refused_in_words(
    mark, office, installation, commune_a
):
    item = factories.make_item(need=10**9, commune=commune_a)
    other = factories.make_item(need=2 * 10**9, commune=commune_a)
    importer, as_of = NeedImporter(), as_of_on(None, installation)
    data = form_file(importer, office, as_of, is_empty=False, creator="x", now=factories.NOW)
    book = read_book(data, "a.xlsx")
    book = replace(book, marks={**book.marks, f"row:{item.code}": mark})
    rows, _problems = read_table(book, importer.fields)

    kept, problems = settled(importer, rows, book.marks, importer.current(office, as_of))

    if mark == '["a"]':  # of another version: what it does not say is not compared
        assert (len(kept), problems) == (2, [])
    else:
        assert [row.values["code"] for row in kept] == [other.code]
        [problem] = problems
        assert "Phần ẩn của mẫu" in problem.message
        assert problem.row
