"""The plugins that this distribution brings along, each found by its entry point."""
