"""Door 3, Huey: the queue, thin tasks and the event loop they run on."""
