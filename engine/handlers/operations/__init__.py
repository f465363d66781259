"""Business operations: service tasks that read and write records inside the step.

A service task whose topic is the name of one of these functions runs here, in the same
transaction as the step; any other topic becomes an external task. Inputs and results are part of
the modelling contract, see `bpmn/README.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engine.handlers.operations import customers, orders, resources, telling
from engine.handlers.operations.operation import Operation, Results

_ALL: Final[tuple[Callable[[Operation], Results], ...]] = (
    customers.classify_customer,
    customers.find_repeats,
    customers.create_visit_plan,
    resources.check_ip_block,
    resources.reserve_ip,
    resources.register_service,
    resources.activate_service,
    resources.release_resources,
    telling.notify_service_desk,
    telling.notify_sales,
    telling.notify_jeopardy,
    telling.notify_customer,
    orders.set_clock_due,
    orders.archive_order,
)
#: By topic.
OPERATIONS: Final = {each.__name__: each for each in _ALL}
