"""Plugins that come with the package, each found by its entry point."""
