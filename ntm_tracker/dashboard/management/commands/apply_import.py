"""Write a long file: the page of the file starts this, so that nobody has to wait before it."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from ntm_tracker.core.clock import as_of_on
from ntm_tracker.core.intake import background
from ntm_tracker.core.models import ImportBatch, Installation, User
from ntm_tracker.dashboard.importing import IMPORTERS


class Command(BaseCommand):
    help = "Write a file that was sent in; started by its page."

    def add_arguments(self, parser):
        parser.add_argument("batch", type=int)
        parser.add_argument("--by", type=int, required=True, help="id of the account")
        parser.add_argument("--mark", required=True, help="of the changes that were seen")
        parser.add_argument("--good", action="store_true", help="leave out wrong rows")

    def handle(self, *args, **options):
        batch = ImportBatch.objects.get(pk=options["batch"])
        try:
            background.run(
                batch,
                IMPORTERS[batch.kind],
                mark=options["mark"],
                skips_bad=options["good"],
                by=User.objects.get(pk=options["by"]),
                as_of=as_of_on(None, Installation.current()),
                now=timezone.now(),
            )
        except Exception as error:
            # Its line is in the log; a traceback would quote there what stands in the file.
            raise SystemExit(1) from error
