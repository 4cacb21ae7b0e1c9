"""Runs that were due while nobody took them: one run does it all, so it cancels the others.

Prefect's own limit does not: it keeps runs from overlapping, and a week of them would run one by one for hours.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID


def cancel_missed(deployment: UUID, this: UUID) -> None:
    """Cancel the overdue runs of this deployment that would do the same as `this` run."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import DeploymentFilter, FlowRunFilter
    from prefect.states import Cancelled

    overdue = {"state": {"type": {"any_": ["SCHEDULED"]}}, "next_scheduled_start_time": {"before_": datetime.now(UTC)}}
    where = FlowRunFilter.model_validate(overdue)
    mine = DeploymentFilter.model_validate({"id": {"any_": [deployment]}})
    state: Any = Cancelled(message="it was missed; a later run does it all")
    with get_client(sync_client=True) as client:
        parameters = client.read_flow_run(this).parameters
        while runs := client.read_flow_runs(flow_run_filter=where, deployment_filter=mine):  # 200 at a time
            same = [run for run in runs if run.parameters == parameters]
            for run in same:
                client.set_flow_run_state(run.id, state, force=True)
            if len(same) < len(runs):
                return  # the others are somebody's own wish
