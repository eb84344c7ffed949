"""The rule that warns of what sponsors gave: pure, as those of `criteria.warning_rules`."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from criteria.warning_rules import Seen
from ntm_tracker.core.numbers import dong_words


class Rule(models.TextChoices):
    """The codes of the rules of this app, with what a filter calls them."""

    DELIVERED_OVER_PROMISED = "delivered_over_promised", _("Thực hiện lớn hơn cam kết")


def delivered_over_promised(promised: int, delivered: int) -> Seen | None:
    """A sponsor gave more money to a commune than it promised there."""
    if delivered <= promised:
        return None
    said = f"cam kết {dong_words(promised)}" if promised else "chưa ghi cam kết nào bằng tiền"
    return Seen(
        f"Đã thực hiện lớn hơn cam kết {dong_words(delivered - promised)} "
        f"({said}, đã thực hiện {dong_words(delivered)}).",
        f"{promised}/{delivered}",
    )
