"""What a run leaves behind: one file for each format.

All writers take the results as an iterable, go through it once, write in its order and keep no copy. Files appear whole
or not at all, and only their owner can read them, since links open rooms. All of them block: within an event loop call
`await asyncio.to_thread(write_csv, ...)`.
"""
