"""Names of a package that are imported when first asked for: importing us must stay cheap."""

from collections.abc import Callable, Mapping
from importlib import import_module
from sys import modules


def lazy_names(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package whose public names live in the submodules of `homes`.

    Args:
        package: The package's `__name__`.
        homes: Submodule -> the names it is home of, separated by blanks.
    """
    home = {name: module for module, names in homes.items() for name in names.split()}

    def getattr_(name: str) -> object:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{home[name]}"), name)
        setattr(modules[package], name, value)
        return value

    return getattr_, lambda: sorted(home)
