"""Films: a project joined into one file, as a job like any other that costs nothing."""
