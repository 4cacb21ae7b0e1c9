"""Many quiet polls as Prefect flow runs, and what they leave behind: python -m tests.soak [POLLS]

A real server on loopback, as `crosspost serve` starts it, but its time passes faster: events are kept for two minutes
instead of a day, and at each row of the table all runs become 31 days older. What is bounded after a month in earnest is
bounded within the soak.
"""

import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from flows.prefect_server import LASTING, start_server
from tests.house import House, article, open_house
from tests.prefect_kit import Prefect, environment, in_process, private_environment

SHORT = {"PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "PT2M", "PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "30"}


def main(polls: int) -> None:
    with tempfile.TemporaryDirectory(prefix="crosspost-") as name, open_house(Path(name), article(1)) as house:
        home = Path(name) / "prefect"
        with environment(private_environment(home, **SHORT)):
            server = start_server(LASTING)
        with in_process(Prefect(server.url, home)):
            print("| polls | seconds a poll | this process, MB | server, MB | ledger, kB | Prefect's database, MB |")
            print("| ---: | ---: | ---: | ---: | ---: | ---: |")
            for part in range(1, 11):
                seconds = soak(house, polls // 10)
                print(row(part * (polls // 10), seconds, house, server.process.pid, home), flush=True)
                let_a_month_pass(home)


def soak(house: House, polls: int) -> float:
    """The seconds that one poll took."""
    from flows.crosspost import crosspost  # noqa: PLC0415  (after the environment is set)

    began = time.monotonic()
    for _ in range(polls):
        assert crosspost(str(house.folder / "crosspost.toml"), return_state=True).is_completed()
    return (time.monotonic() - began) / polls


def let_a_month_pass(home: Path) -> None:
    """Make the runs so old that the server's own vacuum takes them."""
    with closing(sqlite3.connect(home / "prefect.db", timeout=60, isolation_level=None)) as database:
        database.execute("UPDATE flow_run SET end_time = datetime(end_time, '-31 days')")


def row(polls: int, seconds: float, house: House, server: int, home: Path) -> str:
    ledger = sum(file.stat().st_size for file in house.folder.glob("crosspost.db*")) / 1e3
    database = sum(file.stat().st_size for file in home.glob("prefect.db*")) / 1e6
    cells = (f"{polls}", f"{seconds:.2f}", f"{memory('self')}", f"{memory(server)}", f"{ledger:.0f}", f"{database:.1f}")
    return f"| {' | '.join(cells)} |"


def memory(process: object) -> int:
    """Resident, in MB."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
