"""Numbers for Prometheus, on loopback: read out of the ledger whenever they are asked for."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from flows.app import opened
from flows.config import Config
from flows.prefect_server import HOST, ServerDied
from flows.status import Overview, overview

QUEUE = ("waiting", "sending", "unsure", "held")


def serve_numbers(config: Config, port: int) -> int:
    """Answer at http://127.0.0.1:PORT/metrics from now on, in a thread; the port, which is a free one for 0.

    Raises `ServerDied` if the port cannot be had.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Numbers(config))
    try:
        server, _ = start_http_server(port, addr=HOST, registry=registry)
    except (OSError, OverflowError) as error:
        raise ServerDied(f"port {port} cannot be had for --metrics ({error}); choose another") from None
    return int(server.server_port)


class _Numbers(Collector):
    """A ledger that cannot be read makes the whole answer an error: no numbers rather than old ones."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def describe(self) -> list[Metric]:
        return []  # or registering would read the ledger

    def collect(self) -> Iterator[Metric]:
        with opened(self._config) as app:
            now = overview(app)
        return _families(now)


def _families(now: Overview) -> Iterator[Metric]:
    posts = CounterMetricFamily("crosspost_posts", "Posts that have come to their end.", labels=["status"])
    queue = GaugeMetricFamily("crosspost_queue", "Posts that have not.", labels=["status"])
    for status, count in now.posts.items():
        (queue if status in QUEUE else posts).add_metric([status], count)
    success = GaugeMetricFamily(
        "crosspost_last_success_timestamp",
        "When a source was last read, in seconds since 1970; 0 for never.",
        labels=["source"],
    )
    overdue = GaugeMetricFamily("crosspost_source_overdue", "1 while nothing reads a source.", labels=["source"])
    for name, source in now.sources.items():
        success.add_metric([name], source.last_success_at.timestamp() if source.last_success_at else 0)
        overdue.add_metric([name], name in now.overdue)
    spent = GaugeMetricFamily("crosspost_spent_usd", "What tweets have cost this month.", labels=["account"])
    paused = GaugeMetricFamily("crosspost_account_down", "1 while an account cannot tweet.", labels=["account"])
    for name, account in now.accounts.items():
        spent.add_metric([name], account.spent_this_month)
        paused.add_metric([name], bool(account.stopped))
    yield from (posts, queue, success, overdue, spent, paused)
