"""Forms of user tasks: what is drawn in a form-js definition is what the server accepts."""
