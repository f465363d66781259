"""A few records to choose from."""

from engine.ports.forms import RecordOption


class FewRecords:
    """Records by kind, customers' own by customer."""

    def __init__(self, count=3):
        self._count = count

    def _all(self, kind, customer):
        owner = customer or "X"
        names = {"customers": "C{}", "circuits": owner + "-{}", "people": "p{}"}[kind]
        return [
            RecordOption(value=names.format(n), label=f"名{n}", label_en=f"Name {n}")
            for n in range(self._count)
        ]

    def found(self, kind, values, *, customer=None):
        return {one.value: one for one in self._all(kind, customer) if one.value in values}

    def some(self, kind, text="", *, customer=None, limit):
        found = [one for one in self._all(kind, customer) if text in one.label + one.value]
        return found[:limit]
