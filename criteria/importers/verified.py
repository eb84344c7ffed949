"""What the office concludes about reported criteria, out of a file: verified, or returned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError

from communes.models import Commune
from criteria.choices import OUTCOME_WORDS, DossierState, Level, Outcome, Stage
from criteria.desks import OFFICE, Desk, desk_of
from criteria.models import Assessment, Criterion, Standing
from criteria.rules import newest, outcome_of_words
from criteria.selectors.dossiers import dossier_states
from criteria.selectors.scope import tracked_communes
from criteria.selectors.sets import set_in_force
from criteria.services.judging import (
    NO_REASON,
    Seen,
    StaleJudgement,
    Verdict,
    judge_listed,
    latest_rows,
    take_back_judgements,
)
from criteria.workflow import Move, Place, permit, place_of
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.intake.fields import Field, Problem, Row
from ntm_tracker.core.intake.importer import Change, Done, Together
from ntm_tracker.core.intake.lines import UNDO_NOTE, Line, matched
from ntm_tracker.core.models import ImportChange, Installation, User
from ntm_tracker.core.permits import ALLOWED, Permit, refused
from ntm_tracker.core.text import search_text

CONFIRMED, RETURNED = "xac nhan", "tra lai"
CHOICES = ((CONFIRMED, "Xác nhận"), (RETURNED, "Trả lại"))
MOVES = {CONFIRMED: Move.VERIFY, RETURNED: Move.RETURN}
SAYS = {
    Place.SUBMITTED: "",
    Place.RETURNED: RETURNED,
    Place.VERIFIED: CONFIRMED,
    Place.APPRAISED: CONFIRMED,
}
"""What the column of the office says, by where a criterion stands."""


@dataclass(frozen=True)
class Reported:
    """A criterion that a commune has reported, as it stands."""

    commune: Commune
    criterion: Criterion
    latest: Mapping[str, Assessment]
    dossier: DossierState | None

    @property
    def code(self) -> str:
        """What files call it: 18502-4."""
        return f"{self.commune.code}-{self.criterion.number}"

    @property
    def place(self) -> Place:
        return place_of(self.latest)

    @property
    def report(self) -> Assessment | None:
        """What the commune says."""
        row = self.latest.get(Stage.SELF)
        return None if row is None or row.outcome == Outcome.WITHDRAWN else row

    @property
    def last(self) -> Assessment | None:
        return newest(dict(self.latest))

    @property
    def cells(self) -> dict[str, Any]:
        """Values by field."""
        report = self.report
        return {
            "code": self.code,
            "name": self.criterion.name,
            "commune": str(self.commune),
            "report": OUTCOME_WORDS[report.outcome] if report else "",
            "reported_on": report.as_of if report else None,
            "remark": report.note if report else "",
            "verdict": SAYS.get(self.place, ""),
        }

    def permit(self, move: Move, desk: Desk) -> Permit:
        last = self.last
        return permit(
            move,
            place=self.place,
            criterion=self.criterion,
            commune_id=self.commune.pk,
            dossier=self.dossier,
            user=desk,
            stage=last.stage if last else None,
        )


class VerifiedImporter(Together):
    """Verdicts of the office on what communes report, by commune and criterion."""

    kind = "verified"
    title = "Kết quả kiểm tra của Văn phòng"
    lead = (
        "Mỗi dòng một tiêu chí xã đã báo cáo, theo mã như 18502-4. Ghi “Xác nhận” khi đúng như xã "
        "báo cáo, “Trả lại” kèm lý do khi chưa đúng: Văn phòng không sửa thay kết quả của xã. Ô "
        "trống giữ nguyên. Ghi “Đạt”, “Chưa đạt” như xã báo cáo cũng là xác nhận."
    )
    fields: Sequence[Field] = (
        Field("code", "Mã ô", required=True, is_key=True, aliases=("Mã tiêu chí",), width=12),
        Field("name", "Tiêu chí", is_key=True, width=40),
        Field("commune", "Xã", is_key=True, width=18),
        Field("report", "Xã báo cáo", is_key=True, width=14),
        Field("reported_on", "Ngày báo cáo", "date", is_key=True, width=13),
        Field("remark", "Hiện trạng xã ghi", is_key=True, width=40),
        Field(
            "verdict",
            "Kết luận của Văn phòng",
            choices=CHOICES,
            aliases=("Kết luận", "Kết quả kiểm tra"),
            width=20,
        ),
        Field("note", "Ghi chú, lý do", aliases=("Ghi chú", "Lý do"), width=40),
    )

    def may(self, user: User) -> Permit:
        if desk_of(user).role in OFFICE:
            return ALLOWED
        return refused("Kết quả kiểm tra do Văn phòng Điều phối ghi.")

    def current(self, user: User, as_of: AsOf) -> list[Mapping[str, Any]]:
        words = dict(CHOICES)
        return [
            one.cells | {"verdict": words.get(one.cells["verdict"], ""), "note": ""}
            for one in _reported(user, as_of).values()
        ]

    def check(
        self, rows: Sequence[Row], user: User, as_of: AsOf
    ) -> tuple[list[Change], list[Problem]]:
        codes = {str(row.values.get("code") or "").partition("-")[0] for row in rows}
        known = _reported(user, as_of, codes)
        pairs, problems = matched(rows, known, self.fields[0], "tiêu chí đã báo cáo mã")
        desk = desk_of(user)
        changes = []
        for row, one in pairs:
            line: Line = Line(row, self.fields)
            if one is None:
                line.wrong("code", "Chưa có mã ô.")
            else:
                line.changed({key: value for key, value in one.cells.items() if key != "verdict"})
                change = self._change(line, one, desk)
                if change and not line.problems:
                    changes.append(change)
            problems += line.problems
        return changes, problems

    def _change(self, line: Line, one: Reported, desk: Desk) -> Change | None:
        """The verdict of a row, where it is a new one; what is wrong is noted at its cells."""
        text, note = line.text("verdict"), line.text("note")
        verdict = self._verdict(line, one, text) if text else ""
        there = one.cells["verdict"]
        if note and not text and not there:
            line.wrong("verdict", "Có ghi chú mà chưa có kết luận.")
        last = one.last
        if not verdict or verdict == there or last is None:
            return None
        move = MOVES[verdict]
        if not (answer := one.permit(move, desk)):
            line.wrong("verdict", answer.reason)
        if move == Move.RETURN and not note:
            line.wrong("note", NO_REASON)
        seen = Seen(one.commune.pk, one.criterion.pk, last.pk)
        new = {"verdict": verdict} | ({"note": note} if note else {})
        return Change(
            line.row.number,
            f"{one.code} {one.criterion.name}",
            str(one.commune),
            line.cells({"verdict": there}, new),
            Verdict(seen, move, note),
        )

    def _verdict(self, line: Line, one: Reported, text: str) -> str:
        """What a cell concludes: in the words of the list, or with the commune's own outcome."""
        plain = search_text(text)
        if plain in MOVES:
            return plain
        outcome, report = outcome_of_words(text), one.report
        if outcome not in OUTCOME_WORDS:
            line.wrong("verdict", f"Không có kết luận “{text}”. Chọn: Xác nhận, Trả lại.")
        elif report is not None and outcome != report.outcome:
            line.wrong(
                "verdict",
                f"Xã báo cáo “{OUTCOME_WORDS[report.outcome]}”; Văn phòng không sửa thay, hãy ghi "
                "“Trả lại” kèm lý do.",
            )
        else:
            return CONFIRMED
        return ""

    def apply(
        self, changes: Sequence[Change], *, by: User, now: datetime, today: date
    ) -> list[Done]:
        try:
            rows = judge_listed([change.data for change in changes], by=by, now=now, today=today)
        except StaleJudgement as stale:
            raise ValidationError(_stale(stale)) from stale
        return [
            Done(
                row.pk,
                {"commune": row.commune_id, "criterion": row.criterion_id},
                commune_id=row.commune_id,
            )
            for row in rows
        ]

    def undo_many(
        self, changes: Sequence[ImportChange], *, by: User, now: datetime, today: date
    ) -> None:
        seen = [
            Seen(change.undo["commune"], change.undo["criterion"], change.object_id)
            for change in changes
        ]
        try:
            take_back_judgements(seen=seen, note=UNDO_NOTE, by=by, now=now, today=today)
        except StaleJudgement as stale:
            raise ValidationError(_stale(stale)) from stale


def _reported(user: User, as_of: AsOf, codes: set[str] | None = None) -> dict[str, Reported]:
    """The reported criteria of the communes that the account follows (of `codes` alone), by code;
    a constant number of queries."""
    installation, today = Installation.current(), as_of.reporting_date
    in_force = set_in_force(Level.COMMUNE, today, installation.province_code)
    if in_force is None:
        return {}
    communes = tracked_communes(user, today, installation.focus_district)
    if codes is not None:
        communes = communes.filter(code__in=codes)
    by_id = communes.in_bulk()
    criteria = {criterion.pk: criterion for criterion in in_force.criteria}
    dossiers = dossier_states(communes, in_force.criteria_set, today)
    rows = (
        Standing.objects.filter(commune__in=by_id, criterion__in=criteria)
        .order_by("commune__sort_key", "commune_id", "criterion__number")
        .select_related("self_row", "verified_row", "appraised_row")
    )
    found = {}
    for row in rows:
        latest = latest_rows(row)
        if row.commune_id is None or newest(latest) is None:
            continue
        state, _since = dossiers.get(row.commune_id, (None, None))
        one = Reported(by_id[row.commune_id], criteria[row.criterion_id], latest, state)
        found[one.code] = one
    return found


def _stale(stale: StaleJudgement) -> list[str]:
    """Which criteria somebody has spoken about meanwhile."""
    return [
        f"{one.commune}, tiêu chí {one.criterion.number}: đã có kết luận khác sau đó."
        for one in stale.conflicts
    ]
