"""Prefect automations that ops want: dead runs are marked as such, and trouble with runs is told.

They act on runs with the tag `crosspost` alone. Whom to tell is a notification block named `crosspost` in Prefect, of
any type; without one, only the marking is installed. `alerts` in crosspost.toml is apart from all this.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flows.overdue import AT_LEAST, longest_pause

if TYPE_CHECKING:
    from prefect.events.schemas.automations import AutomationCore

TAG = {"prefect.resource.id": "prefect.tag.crosspost", "prefect.resource.role": "tag"}
RUN = "prefect.flow-run."
ENDS = {RUN + state for state in ("Completed", "Failed", "Crashed", "Cancelled", "TimedOut")}
BEAT = RUN + "heartbeat"

# Prefect's beat is three minutes: whoever misses three is dead. A run that is claimed starts within seconds.
DEAD_AFTER = timedelta(minutes=9)
NEVER_STARTED_AFTER = timedelta(minutes=5)
FAILURES_TOLD_EVERY = timedelta(hours=6)  # what stands makes every run fail
BLOCK = "crosspost"


def install(*, every: timedelta, dead_after: timedelta = DEAD_AFTER, no_success_for: timedelta = AT_LEAST) -> list[str]:
    """Create or mend the automations in the configured Prefect; the names of all of them.

    `every` is the pause between two polls: after three without success somebody is told, but not within
    `no_success_for`.
    """
    wanted = [*_burials(dead_after), *_notices(longest_pause(every, at_least=no_success_for))]
    for automation in wanted:
        _put(automation)
    return [automation.name for automation in wanted]


def _burials(dead_after: timedelta) -> Iterable["AutomationCore"]:
    yield _marking("crosspost: a run without a heartbeat is Crashed", BEAT, ENDS | {BEAT}, dead_after)
    started = ENDS | {RUN + "Running"}
    yield _marking("crosspost: a run that never starts is Crashed", RUN + "Pending", started, NEVER_STARTED_AFTER)


def _marking(name: str, after: str, expect: set[str], within: timedelta) -> "AutomationCore":
    from prefect.client.schemas.objects import StateType
    from prefect.events.actions import ChangeFlowRunState
    from prefect.events.schemas.automations import AutomationCore

    why = "its process is gone: nothing was heard of it for too long; the next run goes on from here"
    return AutomationCore(
        name=name,
        description="A power cut leaves runs that seem to work for ever and keep the next ones out.",
        trigger=_trigger(
            after={after}, expect=expect, for_each={"prefect.resource.id"}, posture="Proactive", within=within
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, message=why)],
    )


def _notices(no_success_for: timedelta) -> Iterable["AutomationCore"]:
    block = _block()
    if block is None:
        return
    hours = no_success_for.total_seconds() / 3600
    late, bad = {RUN + "Late"}, {RUN + state for state in ("Crashed", "Failed", "TimedOut")}
    done = {RUN + "Completed"}
    yield _notice(
        "crosspost: a run has failed or crashed",
        "{{ flow_run.name }}: {{ flow_run.state.message }}",
        block,
        expect=bad,
        within=FAILURES_TOLD_EVERY,
    )
    yield _notice(
        "crosspost: a run is late",
        "{{ flow_run.name }}: no worker and no `crosspost serve` takes it.",
        block,
        expect=late,
    )
    yield _notice(
        "crosspost: no successful run for too long",
        f"None in {hours:.0f} h: see `crosspost status`, and whether a worker or `crosspost serve` runs.",
        block,
        expect=done,
        posture="Proactive",
        within=no_success_for,
    )


def _notice(name: str, body: str, block: UUID, **when: Any) -> "AutomationCore":
    from prefect.events.actions import SendNotification
    from prefect.events.schemas.automations import AutomationCore

    action = SendNotification(block_document_id=block, subject=name, body=body)
    return AutomationCore(name=name, description="", trigger=_trigger(**when), actions=[action])


def _trigger(*, posture: str = "Reactive", within: timedelta = timedelta(), **when: Any) -> Any:
    from prefect.events.schemas.automations import EventTrigger, Posture

    match = {"prefect.resource.id": RUN + "*"}
    return EventTrigger(match=match, match_related=TAG, posture=Posture(posture), threshold=1, within=within, **when)


def _block() -> UUID | None:
    """The notification block that is named `crosspost`."""
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        answer = client.request(
            "POST", "/block_documents/filter", json={"block_documents": {"name": {"any_": [BLOCK]}}}
        )
    for document in answer.json():
        if "notify" in document["block_schema"]["capabilities"]:
            return UUID(document["id"])
    return None


def _put(wanted: "AutomationCore") -> None:
    """Create an automation, or mend the one of this name.

    One that is as it should be is not touched: it may be counting the minutes of a dead run. One that somebody has
    switched off stays off.
    """
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        found = next(iter(client.read_automations_by_name(wanted.name)), None)
        if found is None:
            client.create_automation(wanted)
        elif _essence(found) != _essence(wanted):
            wanted.enabled = found.enabled
            client.update_automation(found.id, wanted)


def _essence(automation: "AutomationCore") -> Any:
    """What makes an automation what it is. Not as JSON: that makes lists of sets, each time in another order."""
    return automation.model_dump(include={"description", "trigger", "actions"}, exclude={"trigger": {"id"}})
