"""`manage.py load_boundaries FILE [--on 2022-04-30] [--licence "…"]`: outlines for the map."""

from pathlib import Path

from django.core.exceptions import BadRequest, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from communes.boundaries import parsed, read_outlines, stated_day
from communes.models import Commune
from communes.services import load_boundaries
from ntm_tracker.core.clock import parse_day, reporting_date

SHOWN = 20
ON = "các xã của ngày nào, như 2022-04-30; mặc định: ngày trong tệp (as_of) hoặc ngày báo cáo"


class Command(BaseCommand):
    help = "Nạp ranh giới xã từ tệp GeoJSON để vẽ bản đồ; nạp lại thì thay hình cũ của xã."

    def add_arguments(self, parser):
        parser.add_argument("file", help="tệp GeoJSON, kinh độ và vĩ độ (WGS 84)")
        parser.add_argument("--on", help=ON)
        parser.add_argument("--licence", default="", help="nguồn, giấy phép; mặc định: theo tệp")

    def handle(self, *args, **options):
        path = Path(options["file"])
        today = reporting_date()
        try:
            content = path.read_bytes()
            data = parsed(content)
            on = parse_day(options["on"]) if options["on"] else stated_day(data) or today
            units = Commune.objects.active_on(on)
            outlines = read_outlines(data, units, options["licence"])
        except OSError as error:
            raise CommandError(f"Không mở được tệp {path.name}: {error.strerror}.") from error
        except BadRequest as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError("Chưa nạp gì:\n" + _few(error.messages)) from error
        load_boundaries(
            outlines=outlines,
            name=path.name,
            content=content,
            by=None,
            now=timezone.now(),
            today=today,
        )
        if outlines.notes:
            self.stdout.write(_few(outlines.notes))
        missing = units.count() - len(outlines.found)
        self.stdout.write(
            f"Đã nạp ranh giới của {len(outlines.found)} xã theo danh mục ngày {on:%d/%m/%Y}; "
            f"{missing} xã chưa có trong tệp."
        )
        self.stdout.write(
            f"Nguồn, giấy phép: {outlines.licence}"
            if outlines.licence
            else "Tệp không nêu nguồn, giấy phép; hãy nạp lại với --licence nếu biết."
        )


def _few(lines) -> str:
    """The first lines, and how many more there are."""
    lines = list(lines)
    more = [f"… và {len(lines) - SHOWN} dòng khác."] if len(lines) > SHOWN else []
    return "\n".join(lines[:SHOWN] + more)
