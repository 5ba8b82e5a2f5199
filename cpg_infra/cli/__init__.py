"""The command line. Each command is a file in `commands`; what commands share lies beside them.

Starting must be quick, so a module here imports only the standard library and typer when it is loaded; what a
command runs is imported when it runs.
"""
