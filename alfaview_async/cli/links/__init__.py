"""Guest and group links: what is shown of them, what is asked before they go, and how changes are followed."""
