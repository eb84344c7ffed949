"""Tables of sponsorship that come in as files."""

from sponsors.importers.sponsors import SponsorImporter

__all__ = ["SponsorImporter"]
