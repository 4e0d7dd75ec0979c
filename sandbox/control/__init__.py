"""The control API: what the chat page, the tests and the chaos harness use to move the sandbox."""
