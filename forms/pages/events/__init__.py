"""Facts of the history as sentences people read, in their language."""

from forms.pages.events import machinery, orders, records, tasks
from forms.pages.events.names import Names
from forms.pages.events.telling import KNOWN, detail, sentence

__all__ = ["KNOWN", "Names", "detail", "machinery", "orders", "records", "sentence", "tasks"]
