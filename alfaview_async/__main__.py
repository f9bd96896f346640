"""`python -m alfaview_async` is `alfactl`."""

from alfaview_async.cli import main

main()
