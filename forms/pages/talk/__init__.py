"""What is said and attached around an order: comments with mentions, files, contacts."""

from forms.pages.talk import comments, contacts, files, people
from forms.pages.talk.blueprint import bp
from forms.pages.talk.reading import talk

__all__ = ["bp", "comments", "contacts", "files", "people", "talk"]
