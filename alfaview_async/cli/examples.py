"""The end of a command's help: a line to copy."""


def example(*lines: str) -> str:
    """Return an epilog with command lines that click leaves as they are."""
    word = "Example" if len(lines) == 1 else "Examples"
    shown = "\n".join(f"  {line}" for line in lines)
    return f"\b\n{word}:\n{shown}\n\nOptions for all commands: alfactl --help"
