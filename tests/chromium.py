"""A real Chromium without window, driven by its own DevTools protocol; no browser library, no download."""

import asyncio
import base64
import json
import os
import shutil
import subprocess
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from time import monotonic, sleep

import aiohttp
import pytest

_NAMES = ("chromium", "chromium-headless-shell", "google-chrome")
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # there is no user namespace in most containers
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
    "--window-size=1440,900",
    "about:blank",
)
_START_SECONDS = 30
_ANSWER_SECONDS = 20
_MIDDLE = """element => {
    element.scrollIntoView({block: "nearest"});
    const box = element.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
}"""
_KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38}


def chromium_binary():
    """Name the browser, or skip; where services are required, fail."""
    chosen = os.environ.get("ALFAVIEW_CHROMIUM")
    found = next(filter(None, map(shutil.which, [chosen] if chosen else _NAMES)), None)
    if found is None:
        missing = f"no browser: apt-get install chromium, or set ALFAVIEW_CHROMIUM (looked for {chosen or _NAMES})"
        if os.environ.get("REQUIRE_SERVICES") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@contextmanager
def browser(profile):
    """Start a browser with a profile of its own; yields the address at which it takes orders."""
    log = profile / "stderr"
    with log.open("wb") as stderr:
        command = [chromium_binary(), f"--user-data-dir={profile}", *_OPTIONS]
        process = subprocess.Popen(command, stderr=stderr)
    with process:
        try:
            yield _address(process, log)
        finally:
            process.kill()


@asynccontextmanager
async def tab_of(address):
    """Open a tab that shares nothing with the tabs before it: no cookies, no storage; it is gone at the end."""
    async with aiohttp.ClientSession() as http, http.ws_connect(address, max_msg_size=0) as socket:
        tab = Tab(socket)
        reading = asyncio.create_task(tab.read())
        try:
            await tab.open()
            yield tab
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


def _address(process, log):
    deadline = monotonic() + _START_SECONDS
    while process.poll() is None and monotonic() < deadline:
        for line in log.read_text(errors="replace").splitlines():
            if line.startswith("DevTools listening on "):
                return line.split()[-1]
        sleep(0.02)
    raise AssertionError(f"the browser did not start: {log.read_text(errors='replace')}")


class Tab:
    """One tab and the frames in it: what it asked for, what it complained of, and hands to use it."""

    def __init__(self, socket):
        self.context = ""
        self.requests = []
        self.complaints = []
        self._socket = socket
        self._numbers = count(1)
        self._answers = {}
        self._sessions = []
        self._tasks = set()
        self._session = None

    async def open(self):
        found = await self.send("Target.createBrowserContext", session=None, disposeOnDetach=True)
        self.context = found["browserContextId"]
        target = await self.send("Target.createTarget", session=None, url="about:blank", browserContextId=self.context)
        attached = await self.send("Target.attachToTarget", session=None, flatten=True, **target)
        self._session = attached["sessionId"]
        await self._follow(self._session)
        await self.send("Page.enable")
        await self.send("Emulation.setFocusEmulationEnabled", enabled=True)

    async def send(self, method, *, session="", **parameters):
        """Send a command and return its result."""
        number = next(self._numbers)
        self._answers[number] = answered = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session or self._session
        await self._socket.send_json(message)
        async with asyncio.timeout(_ANSWER_SECONDS):
            answer = await answered
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    async def read(self):
        """Take what the browser sends, until the connection ends."""
        async for message in self._socket:
            event = json.loads(message.data)
            if "id" in event:
                answered = self._answers.pop(event["id"])
                if not answered.done():
                    answered.set_result(event)
            else:
                self._note(event["method"], event["params"])

    def _note(self, method, params):
        if method == "Target.attachedToTarget" and self._session is not None:
            task = asyncio.create_task(self._follow(params["sessionId"]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif method == "Target.detachedFromTarget":
            self._sessions.remove(params["sessionId"])
        elif method in ("Network.requestWillBeSent", "Network.webSocketCreated"):
            self.requests.append(params.get("request", params)["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(params["exceptionDetails"])
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.complaints.append(params["args"])
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(params["entry"])

    async def _follow(self, session):
        """Listen to a tab, or to a frame that has a process of its own, before it does anything."""
        self._sessions.append(session)
        for domain in ("Network", "Runtime", "Log"):
            await self.send(f"{domain}.enable", session=session)
        await self.send(
            "Target.setAutoAttach", session=session, autoAttach=True, waitForDebuggerOnStart=True, flatten=True
        )
        await self.send("Runtime.runIfWaitingForDebugger", session=session)

    async def go(self, url):
        """Open a page and wait until it is there."""
        await self.send("Page.navigate", url=url)
        await self.until("document.readyState === 'complete'")

    async def evaluate(self, script):
        """Run JavaScript in the tab, as the person would in the console, and return its value."""
        found = await self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    async def until(self, condition):
        """Wait until a condition in JavaScript holds, with the page watching itself."""
        watch = f"new Promise(done => {{ const look = () => ({condition}) ? done() : setTimeout(look, 20); look(); }})"
        try:
            await self.evaluate(watch)
        except TimeoutError:
            raise AssertionError(f"never came true: {condition}; complaints: {self.complaints}") from None

    async def click(self, selector):
        """Press the mouse on the middle of an element."""
        box = await self.evaluate(f"({_MIDDLE})(document.querySelector({json.dumps(selector)}))")
        for kind in ("mousePressed", "mouseReleased"):
            await self.send(
                "Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", buttons=1, clickCount=1
            )

    async def press(self, key):
        """Press and release a key."""
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            await self.send(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=_KEYS[key], **text
            )
            text = {}

    async def choose_file(self, selector, path):
        """Choose a file in a file input, as its dialogue does."""
        root = (await self.send("DOM.getDocument"))["root"]["nodeId"]
        node = (await self.send("DOM.querySelector", nodeId=root, selector=selector))["nodeId"]
        await self.send("DOM.setFileInputFiles", nodeId=node, files=[str(path)])

    async def until_text(self, wanted):
        """Wait until a text stands in the tab or in a frame of it, whatever process that lives in."""
        async with asyncio.timeout(_ANSWER_SECONDS):
            while wanted not in await self._text():  # noqa: ASYNC110 - a frame without scripts cannot watch itself
                await asyncio.sleep(0.05)

    async def _text(self):
        trees = [
            (await self.send("DOM.getDocument", session=session, depth=-1, pierce=True))["root"]
            for session in tuple(self._sessions)
        ]
        return "\n".join(part for tree in trees for part in _texts(tree))

    async def screenshot(self, path, *, scheme):
        """Paint the tab in the light or dark colour scheme into a PNG."""
        await self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        image = (await self.send("Page.captureScreenshot", format="png"))["data"]
        await asyncio.to_thread(path.write_bytes, base64.b64decode(image))


def _texts(node):
    if node["nodeType"] == 3:
        yield node["nodeValue"]
    inner = node.get("children", ()), [node["contentDocument"]] if "contentDocument" in node else ()
    for children in inner:
        for child in children:
            yield from _texts(child)
