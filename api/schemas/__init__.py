"""What may come in and what may leave: one module per noun."""
