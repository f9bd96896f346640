"""The parts of a bulk job: its list, its beginning, its work, its end, and where its journal lies."""
