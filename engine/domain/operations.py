"""What the business operations of drawings give back; they are done in `engine.handlers`.

Source: bpmn/README.md, topics of service tasks.
"""

from collections.abc import Mapping

#: Variables that drawings may read after an operation, by its topic.
RESULTS: Mapping[str, frozenset[str]] = {
    "classify_customer": frozenset({"customer_class", "is_key_account", "customer_name"}),
    "find_repeats": frozenset({"repeat_count", "hot_spot"}),
    "check_ip_block": frozenset({"ip_conflict", "ip_conflict_with"}),
    "reserve_ip": frozenset(),
    "register_service": frozenset({"service_id"}),
    "activate_service": frozenset({"activated_at"}),
    "release_resources": frozenset({"released"}),
    "create_visit_plan": frozenset({"visit_due_on"}),
    "notify_service_desk": frozenset(),
    "notify_sales": frozenset(),
    "notify_jeopardy": frozenset(),
    "notify_customer": frozenset(),
    "set_clock_due": frozenset(),
    "archive_order": frozenset({"archived_at"}),
}
#: Variables every work order has from the start. Source: docs/modelling.md, variables.
GIVEN = frozenset({"order_id", "order_number", "unit", "starter"})
