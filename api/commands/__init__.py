"""One module per command of ``gongdan``: ``arguments`` declares them, ``run`` does it."""
