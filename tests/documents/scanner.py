"""A stand-in for clamd, that speaks its INSTREAM and its PING over a real socket."""

import socketserver
import struct
import threading
from contextlib import contextmanager

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class _Handler(socketserver.BaseRequestHandler):
    def handle(self):
        command = self._read(6)
        if command == b"zPING\0":
            return self.request.sendall(b"PONG\0")
        assert command + self._read(4) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!L", self._read(4))[0]:
            content += self._read(length)
        self.server.seen.append(content)
        if self.server.refused and self.server.refused in content:
            return self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
        answer = self.server.answer or (
            b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if self.server.virus in content else b"stream: OK\0"
        )
        return self.request.sendall(answer)

    def _read(self, size):
        data = b""
        while len(data) < size:
            received = self.request.recv(size - len(data))
            if not received:
                break
            data += received
        return data


@contextmanager
def clamd(answer=b"", virus=EICAR, refused=b""):
    """Serve on a free port; yields the server, whose `url` goes in CLAMD_URL and which keeps what it has `seen`.

    It can't look at what holds `refused`.
    """
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        server.seen, server.answer, server.virus, server.refused = [], answer, virus, refused
        server.url = f"tcp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
