"""Runs that were due while no worker and no `crosspost serve` took them: one run does it all, so it cancels the others.

Prefect's own limit does not: it keeps runs from overlapping, and a week of them would run one after the other for hours.
"""

from datetime import UTC, datetime
from uuid import UUID


def cancel_missed(deployment: UUID, this: UUID) -> int:
    """Cancel the overdue runs of this deployment that would do the same as `this` run; how many they were."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import DeploymentFilter, FlowRunFilter
    from prefect.states import Cancelled

    overdue = {"state": {"type": {"any_": ["SCHEDULED"]}}, "next_scheduled_start_time": {"before_": datetime.now(UTC)}}
    where = FlowRunFilter.model_validate(overdue)
    mine = DeploymentFilter.model_validate({"id": {"any_": [deployment]}})
    state = Cancelled(message="it was missed; a later run does it all")
    cancelled = 0
    with get_client(sync_client=True) as client:
        parameters = client.read_flow_run(this).parameters
        while runs := client.read_flow_runs(flow_run_filter=where, deployment_filter=mine):
            same = [run for run in runs if run.parameters == parameters]
            for run in same:
                client.set_flow_run_state(run.id, state, force=True)
            cancelled += len(same)
            if len(same) < len(runs):
                break  # the others are somebody's own wish
    return cancelled
