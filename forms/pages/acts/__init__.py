"""Acts on tasks and orders other than completing: claim, delegate, return, hold and the like.

An act is data (`act.Act`): when it is offered, what it asks, which command it becomes. One page
serves them all, as a dialog or on its own.
"""

from forms.pages.acts.pages import bp

__all__ = ["bp"]
