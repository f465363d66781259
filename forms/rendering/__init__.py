"""Forms as people fill them in: from a definition to what templates draw, and back.

`drawing` makes the tree of `items`; `posted` reads what a browser sends of it. Both know only
names, texts and tokens, nothing of HTML: that is in the templates ``form/…`` of the desk.
"""
