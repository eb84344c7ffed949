"""A province of 69 communes: `python -m tests.stress.province`, where DATABASE_URL names an
installation with tables and nothing in them. The office can sign in."""

import django

from tests.stress.people import PASSWORD

COMMUNES = 69
OFFICE = "vanphong"


def main() -> None:
    django.setup()
    from tests.bench.database import settle
    from tests.bench.world import SIZES, build

    world = build(SIZES[COMMUNES])
    world.office.set_password(PASSWORD)
    world.office.save(update_fields=["password"])
    settle()


if __name__ == "__main__":
    main()
