"""What the installation of the guide holds: each probe says what it saw, or that it is wrong.

They ask as somebody beside nginx would, with curl, and look into the units with systemd's own
tools. The demo case is loaded for them, and nobody needs a code of a phone.
"""

import re
from collections.abc import Iterator

from tests.deploy.machine import Failed, Machine

PASSWORD = "ntm-demo-2022"
MEGABYTE = 1024 * 1024
# What each script begins with. `ask` trusts the certificate that the guide made, nothing else.
TOOLS = """
cd "$(mktemp -d)"
ask() {{
  curl --silent --show-error --max-time 200 --cacert /etc/ntm-tracker/tls/fullchain.pem \\
    --resolve {site}:443:127.0.0.1 --resolve {site}:80:127.0.0.1 "$@"
}}
status() {{ ask --output answer --write-out '%{{http_code}}' "$@"; }}
hidden() {{ grep -oP -m1 "name=.$1. value=.\\K\\w+" page || true; }}
post() {{ # ADDRESS WHAT...: a form of a page, with its token and its key
  ask --cookie jar --cookie-jar jar --output page "https://{site}$1"
  set -- "$1" --form csrfmiddlewaretoken=$(hidden csrfmiddlewaretoken) \\
    --form form_key=$(hidden form_key) "${{@:2}}"
  status --cookie jar --cookie-jar jar --referer "https://{site}$1" "${{@:2}}" "https://{site}$1"
}}
sign_in() {{ post /accounts/login/ --form username="$1" --form password={password} > /dev/null; }}
"""
DEMO = """
cd /opt/ntm-tracker
sed -i 's/^SECOND_FACTOR_ROLES=/# &/' /etc/ntm-tracker/env
systemctl stop ntm-tracker.socket ntm-tracker.service
runuser -u postgres -- dropdb ntm
runuser -u postgres -- createdb -O ntm -E UTF8 --locale=C.UTF-8 --template=template0 ntm
manage() { runuser -u ntm -- .venv/bin/python manage.py "$@" > /dev/null; }
manage setup_database
manage load_catalogues
manage seed_demo
systemctl start ntm-tracker.socket ntm-tracker.service
"""


WRONG = "WRONG:"


class Wrong(Exception):
    """The installation does not do what the guide promises."""


class Probes:
    """The probes, in the order in which they are made: those named `see_…`."""

    def __init__(self, box: Machine, site: str):
        self.box, self.site = box, site
        self.tools = TOOLS.format(site=site, password=PASSWORD)

    def ask(self, script: str) -> str:
        return self.box.run(self.tools + script)

    def see_units(self) -> str:
        """systemd-analyze finds nothing to say of any unit."""
        said = self.box.run(
            "systemd-analyze verify /etc/systemd/system/ntm-*.{service,socket,timer}"
        )
        expect(said, "")
        units = ("ntm-tracker", "ntm-tracker-backup", "ntm-tracker-reminders")
        scores = [
            self.box.run(
                f"systemd-analyze security {unit}.service | grep -oP 'level.*: \\K[0-9.]+'"
            )
            for unit in units
        ]
        if max(map(float, scores)) > 2:
            raise Wrong(f"exposure {scores}")
        return f"nothing to say; exposure {' / '.join(scores)} of 10 (service, backup, reminders)"

    def see_start(self) -> str:
        """The time until the service serves, and until the first page is there."""
        said = self.ask(f"""
            for each in 1 2 3; do
              systemctl stop ntm-tracker.socket ntm-tracker.service
              began=$(date +%s%N)
              systemctl start ntm-tracker.socket ntm-tracker.service
              up=$(date +%s%N)
              expect=$(status https://{self.site}/accounts/login/)
              echo $expect $(( (up - began) / 1000000 )) $(( ($(date +%s%N) - began) / 1000000 ))
            done""")
        rows = [line.split() for line in said.splitlines()]
        expect([row[0] for row in rows], ["200"] * 3)
        up, first = min(int(row[1]) for row in rows), min(int(row[2]) for row in rows)
        return f"{up} ms until it serves, {first} ms to the first page (best of three)"

    def see_folders(self) -> str:
        """The service cannot write its own code, and nothing of the system."""
        inside = "nsenter --mount --target $(systemctl show --value -p MainPID ntm-tracker) touch"
        for place in ("/opt/ntm-tracker/x", "/etc/x", "/var/x", "/var/backups/ntm-tracker/x"):
            said = self.box.run(f"{inside} {place} 2>&1 || true")
            if "Read-only file system" not in said:
                raise Wrong(f"{place} can be written: {said}")
        self.box.run(f"{inside} /var/lib/ntm-tracker/media/x && rm /var/lib/ntm-tracker/media/x")
        owner = self.box.run("stat -c '%U:%G %a' /etc/ntm-tracker/secret_key /etc/ntm-tracker/env")
        expect(owner.splitlines(), ["root:ntm 640"] * 2)
        return "code, settings, backups and system read-only for it; secrets root:ntm 0640"

    def see_names(self) -> str:
        """Only our name is answered, plain HTTP leads to HTTPS."""
        expect(self.ask(f"status http://{self.site}/board/; echo; "
                        f"ask --head http://{self.site}/board/ | grep -i ^location"),
               f"301\nLocation: https://{self.site}/board/")  # fmt: skip
        wrong = "--header 'Host: evil.example'"
        for what in (
            f"ask {wrong} http://{self.site}/",
            f"ask {wrong} https://{self.site}/",
            f"ask --http1.1 {wrong} https://{self.site}/",
            "curl --silent --insecure --connect-to ::127.0.0.1: https://evil.example/",
            "curl --silent --insecure https://127.0.0.1/",
        ):
            if said := self.ask(f"{what} 2> /dev/null || true"):
                raise Wrong(f"{what}: {said[:200]}")
        direct = "--unix-socket /run/ntm-tracker.sock --header 'X-Forwarded-Proto: https'"
        expect(self.ask(f"status {direct} http://evil.example/accounts/login/"), "400")
        server = self.ask(f"ask --head https://{self.site}/accounts/login/ | grep -i ^server:")
        expect(server.lower(), "server: nginx")
        return "another name: no answer (plain, TLS, without a name); behind nginx 400"

    def see_address(self) -> str:
        """Who makes up an address is counted under the real one."""
        said = self.ask("""
            for each in 1 2 3 4 5 6; do
              post /accounts/login/ --form username=bcd --form password=sai-$each \\
                --header "X-Forwarded-For: 203.0.113.$each" --header "X-Real-IP: 203.0.113.$each"
              echo
            done""")
        ask_database = "runuser -u postgres -- psql --quiet --tuples-only --no-align ntm"
        addresses = self.box.run(
            ask_database, stdin="SELECT DISTINCT ip_address FROM axes_accessattempt;"
        )
        self.box.run(ask_database, stdin="DELETE FROM axes_accessattempt;")
        expect(addresses, "127.0.0.1")
        if said.splitlines()[-1] != "429":
            raise Wrong(f"guessing goes on: {said}")
        return f"six guesses under six made-up addresses: {said.replace(chr(10), ' ')}"

    def see_uploads(self) -> str:
        """The largest file passes, a byte more is refused by us, far too much by nginx."""
        form = (
            "--form number=01/TB --form issued_on=20/4/2022 --form issuer=UBND --form subject=Thử"
        )
        said = self.ask(f"""
            sign_in vanphong
            pdf() {{ printf '%%PDF-1.4\\n' > large.pdf; truncate -s $1 large.pdf; }}
            pdf {20 * MEGABYTE}; post /conclusions/add/ {form} --form file=@large.pdf; echo
            pdf {20 * MEGABYTE + 1}; post /conclusions/add/ {form} --form file=@large.pdf; echo
            grep -o 'mỗi tệp tối đa 20 MB' answer | uniq
            pdf {206 * MEGABYTE}; post /conclusions/add/ {form} --form file=@large.pdf; echo
            grep -o '<h1>.*</h1>' answer""")
        expect(
            said.splitlines(),
            ["303", "422", "mỗi tệp tối đa 20 MB", "413", "<h1>Tệp gửi lên quá lớn</h1>"],
        )
        return "20 MB: taken; a byte more: 422 with our sentence; 206 MB: 413, page in Vietnamese"

    def see_files(self) -> str:
        """Workbook and PDF are made within the sandbox; style sheets come compressed, for ever."""
        said = self.ask(f"""
            sign_in vanphong
            for kind in xlsx pdf; do
              ask --cookie jar --output month.$kind --write-out '%{{http_code}} %{{time_total}} ' \\
                https://{self.site}/reports/2022-04.$kind
              head -c 4 month.$kind | tr -cd 'A-Z%'; echo
            done
            ask --output page https://{self.site}/accounts/login/
            ask --head --compressed --header 'Accept-Encoding: br' \\
              "https://{self.site}$(grep -o '/static/css/app[^"]*' page)" \\
              | grep -iE '^(cache-control|content-encoding)' | tr -d '\\r'""")
        found = re.fullmatch(
            r"200 (\S+) PK\n200 (\S+) %PDF\ncache-control: .*immutable\ncontent-encoding: br",
            said,
            re.IGNORECASE,
        )
        if not found:
            raise Wrong(said)
        return f"workbook {found[1]} s, PDF {found[2]} s; style sheet as brotli, for ever"

    def see_restart(self) -> str:
        """Restarts under load: every request is answered."""
        said = self.ask(f"""
            sign_in vanphong
            began=$(date +%s%N)
            asked() {{
              for each in $(seq 60); do
                ask --cookie jar --output /dev/null https://{self.site}/board/ \\
                  --write-out '%{{http_code}} %{{time_total}}\\n' || echo failed
              done
            }}
            for each in 1 2 3 4; do asked > asked.$each & done
            for each in 1 2 3; do sleep 2; systemctl restart ntm-tracker.service; done
            wait
            cut -d ' ' -f 1 asked.* | sort | uniq -c
            cut -d ' ' -f 2 asked.* | sort -n | tail -n 1""")
        *counts, longest = said.splitlines()
        expect([line.split() for line in counts], [["240", "200"]])
        return f"240 boards by 4 readers over 3 restarts: all 200, the longest wait {longest} s"

    def see_crash(self) -> str:
        """Killed outright, it is back by itself; while it is away there is a page that says so."""
        address = f"https://{self.site}/accounts/login/"
        expect(self.ask(f"""
            kill -9 $(systemctl show --value -p MainPID ntm-tracker)
            status {address}; echo
            systemctl stop ntm-tracker.socket ntm-tracker.service 2> /dev/null
            status {address}; echo
            grep -o '<h1>.*</h1>' answer
            systemctl start ntm-tracker.socket ntm-tracker.service
            status {address}"""),
            "200\n502\n<h1>Hệ thống đang tạm dừng</h1>\n200",
        )  # fmt: skip
        return "kill -9 of gunicorn: the next request is answered; stopped: 502, page in Vietnamese"

    def see_system(self) -> str:
        """The administrator's page knows the commit and the backup of the night."""
        said = self.ask(f"""
            sign_in quantri
            status --cookie jar https://{self.site}/system/; echo
            git -C /opt/ntm-tracker log -1 --format=%h | xargs -I COMMIT grep -om1 COMMIT answer
            grep -om1 'ntm-[0-9]*-[0-9]*.zip' answer""")
        found = said.splitlines()
        if len(found) != 3 or found[0] != "200":
            raise Wrong(said)
        return f"commit {found[1]}, backup {found[2]}"

    def see_reminders(self) -> str:
        """Without a mail server the unit says so, and its sandbox is not in the way."""
        said = self.box.run(
            "systemctl start ntm-tracker-reminders.service 2> /dev/null || true;"
            "journalctl -u ntm-tracker-reminders -o cat | grep -om1 'Chưa khai máy chủ gửi thư'"
        )
        expect(said, "Chưa khai máy chủ gửi thư")
        return "without a mail server it says so"

    def see_memory(self) -> str:
        """The processes of the service after workbooks, each shared page counted once."""
        kilobytes = self.box.run(
            "main=$(systemctl show --value -p MainPID ntm-tracker);"
            "cd /proc; for each in $main $(cat $main/task/$main/children);"
            "do cat $each/smaps_rollup; done | awk '/^Pss:/ {sum += $2} END {print sum}'"
        )
        return f"{int(kilobytes) / 1024:.0f} MB (proportional) after the probes above"


def expect(found: object, wanted: object) -> None:
    if found != wanted:
        raise Wrong(f"{found!r}, not {wanted!r}")


def probe(box: Machine, site: str) -> Iterator[tuple[str, str]]:
    """(name, what was seen) of each probe, or `WRONG` and why."""
    box.run(DEMO)
    probes = Probes(box, site)
    for name, see in vars(Probes).items():
        if name.startswith("see_"):
            try:
                seen = see(probes)
            except (Wrong, Failed) as error:
                seen = f"{WRONG} {error}"
            yield name.removeprefix("see_"), seen
