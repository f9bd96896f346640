"""A port where something else answers: said in a line, with the exit code of a server that is not reached."""

import json
import socket
from threading import Thread

import pytest
from alfactl import Person

ANSWERS = {
    "another protocol": b"-ERR unknown command\r\n",
    "half an answer": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
    "half a refusal": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\n{",
    "another server": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\nhi",
}


@pytest.fixture(params=ANSWERS)
def person(tmp_path, request):
    """Somebody whose base URL leads to a server that says the same to everybody."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(ANSWERS[request.param])

        thread = Thread(target=serve)
        thread.start()
        yield Person(tmp_path, f"http://127.0.0.1:{listener.getsockname()[1]}/json/v1/")
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_it_is_no_emulator(person):
    """Neither for the commands that steer one, nor for those that get their login from it."""
    for done in person.each(("emulator", "outbox", "--json"), ("room", "list", "--emulator", "--json")):
        assert (done.returncode, done.stdout) == (9, "")
        told = json.loads(done.stderr)
        assert (told["code"], told["message"].rpartition(": ")[2]) == (
            "no-emulator",
            "what answers there is something else",
        )


def test_the_doctor_goes_on(person, request):
    """What does not speak HTTP is found out, in German too; any answer of HTTP will do."""
    for lang, said in (("en", "does not speak HTTP"), ("de", "spricht kein HTTP")):
        done = person.run("doctor", "--json", "--lang", lang)
        assert done.returncode == 1
        server = next(row for row in json.loads(done.stdout) if row["check"] == "server")
        speaks = request.node.callspec.params["person"] != "another protocol"
        assert (server["result"], said in server["detail"]) == ("ok" if speaks else "failed", not speaks)
