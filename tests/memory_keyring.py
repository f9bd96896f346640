"""A keyring backend in memory: quick, and spoiled at will. Passed as an object, as users may."""

from threading import Event, current_thread

from keyring.backend import KeyringBackend


class MemoryKeyring(KeyringBackend):
    """Keeps texts in a dictionary.

    Attributes:
        entries: Name -> text, of all services.
        threads: In which it was called.
        before: Called with method, name and text before each call; whatever it raises, the backend raises.
    """

    priority = 0  # never the best of anything

    def __init__(self):
        super().__init__()
        self.entries: dict[str, str] = {}
        self.threads = []
        self.before = lambda _method, _name, _text: None

    def get_password(self, service, username):  # noqa: ARG002 - one service is enough
        self._begin("get", username)
        return self.entries.get(username)

    def set_password(self, service, username, password):  # noqa: ARG002 - likewise
        self._begin("set", username, password)
        self.entries[username] = password

    def delete_password(self, service, username):  # noqa: ARG002 - likewise
        self._begin("delete", username)
        del self.entries[username]

    def _begin(self, method, name, text=None):
        self.threads.append(current_thread())
        self.before(method, name, text)


class Frozen:
    """Makes a backend hang, as a stopped daemon does, until it is thawed; counts who hangs."""

    def __init__(self, method="get"):
        self.method = method
        self.hanging = 0
        self.thawed = Event()

    def __call__(self, method, _name, _text):
        if method == self.method and not self.thawed.is_set():
            self.hanging += 1
            self.thawed.wait()
