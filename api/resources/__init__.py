"""One module per noun: routes that parse, call the engine, and answer."""
