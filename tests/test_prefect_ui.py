"""The pages of Prefect's UI that a person opens, in a real browser; screenshots stay in the test's folder."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from flows.serve import QUEUE
from tests.house import article, open_house
from tests.prefect_kit import PATIENCE_SECONDS, Prefect, in_process, until

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.prefect,
    pytest.mark.xdist_group("prefect"),
    pytest.mark.skipif(BROWSER is None, reason="no Chromium here to look at Prefect's UI with"),
]

# In Chromium's log of the network: what a page asked for, not what the browser itself is curious about.
ASKED = re.compile(r'"initiator":"http.*?"url":"(\w+://[^/"]+)')

TITLE = "Neue Öffnungszeiten im Advent"


class Browser:
    """Opens pages without a window, and without a way out of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: set[str] = set()  # the servers that the pages asked

    def _look(self, url: str, *options: str) -> str:
        command = [
            str(BROWSER),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={self.folder / 'profile'}",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--window-size=1400,1000",
            "--virtual-time-budget=20000",
            f"--log-net-log={self.folder / 'network.json'}",
            *options,
            url,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS)
        self.asked |= set(ASKED.findall((self.folder / "network.json").read_text(encoding="utf-8")))
        return done.stdout

    def read(self, name: str, url: str, *expected: str) -> str:
        """What the page says once it says all that is expected; a picture of it stays as `name`.png."""

        def look() -> str:
            page = self._look(url, "--dump-dom")
            return page if all(text in page for text in expected) else ""

        page = until(look, f"{expected} on the page {name}")
        self._look(url, f"--screenshot={self.folder / name}.png")
        assert (self.folder / f"{name}.png").stat().st_size > 10_000, "an empty page"
        return str(page)


def test_a_person_finds_what_ran_what_went_out_and_the_form(prefect: Prefect, tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    with open_house(tmp_path, article(1)) as house, in_process(prefect):
        house.poll()
        house.blog.publish(article(2, title=TITLE))
        flow_run, deployment = run(house.configure())
        for number in range(3, 15):
            house.blog.publish(article(number))
        run(house.configure())
    pages = f"{prefect.url}/v2"
    browser.read("dashboard", f"{pages}/dashboard", "Flow Runs", "Task Runs")
    browser.read("run", f"{pages}/runs/flow-run/{flow_run}", "Completed", TITLE)
    found = prefect.post("artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [flow_run]}}})
    [news] = [artifact["id"] for artifact in found if artifact["key"] == "crosspost-news"]
    page = browser.read("news", f"{pages}/artifacts/artifact/{news}", TITLE, "posted")
    assert f'href="{house.x_url}' in page or "/status/" in page, "the tweet is a link"
    browser.read("form", f"{pages}/deployments/deployment/{deployment}/run", "The path of crosspost.toml")
    description = f"{pages}/deployments/deployment/{deployment}?tab=Description"
    assert f'href="{QUEUE}"' in browser.read("description", description, "What waits, and why")
    page = browser.read("queue", f"{prefect.url}{QUEUE}", "12 held", article(14).title)
    assert f'href="https://blog.example.com/{article(14).published:%Y}/beitrag-14/"' in page, "the article is a link"
    assert browser.asked == {prefect.url}, "the browser tells nobody else"


def run(config: Path) -> tuple[str, str]:
    """A run of a deployment as `crosspost serve` makes it: their ids."""
    from flows.config import load  # noqa: PLC0415  (after the environment is set)
    from flows.crosspost import crosspost  # noqa: PLC0415
    from flows.serve import deployment  # noqa: PLC0415

    identifier = deployment(load(config)).apply()
    state = crosspost(str(config), return_state=True)
    return str(state.state_details.flow_run_id), str(identifier)
