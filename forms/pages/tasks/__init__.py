"""One task: its form, its draft, its completion."""

from forms.pages.tasks import completing, drafts, looking
from forms.pages.tasks.blueprint import bp

__all__ = ["bp", "completing", "drafts", "looking"]
