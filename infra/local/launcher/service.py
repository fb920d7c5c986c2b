"""A program of the stack that takes a part of the emulator's work, reached by HTTP over kept connections."""
import http.client
import queue
import socket


class Service:
    """Where the program listens: ``http://127.0.0.1:<port>``."""

    def __init__(self, url):
        self.address = url.removeprefix("http://")
        self._kept = queue.LifoQueue()

    def send(self, method, path, body=b"", headers=None):
        """One request; (status, body). A kept connection may have been closed meanwhile: then another is taken."""
        while True:
            try:
                connection, kept = self._kept.get_nowait(), True
            except queue.Empty:
                connection, kept = http.client.HTTPConnection(self.address), False
                connection.connect()
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                connection.request(method, path, body, headers or {"Content-Type": "application/json"})
                response = connection.getresponse()
                answer = response.status, response.read()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                connection.close()
                if not kept:
                    raise
                continue
            self._kept.put(connection)
            return answer

    def lines(self, path):
        """The lines of an answer that does not end."""
        connection = http.client.HTTPConnection(self.address)
        try:
            connection.request("GET", path)
            yield from connection.getresponse()
        finally:
            connection.close()
