"""What rests on a thing that was entered by mistake, so that it cannot be taken away."""

from collections.abc import Mapping

from django.db.models import QuerySet


def resting(rows: Mapping[str, QuerySet], column: str) -> dict[int, str]:
    """By the id in a column of the rows what there is of them, in words; a query for each kind."""
    found: dict[int, list[str]] = {}
    for words, kind in rows.items():
        for pk in sorted(set(kind.order_by().values_list(column, flat=True))):
            found.setdefault(pk, []).append(words)
    return {pk: ", ".join(words) for pk, words in found.items()}
