"""One keep-alive connection that waits for its answers."""

import socket

HEAD_ENDS = b"\r\n\r\n"
LENGTH = b"content-length:"


class Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> bytes:
        """The body of the answer; raises RuntimeError where it is not 200."""
        self.socket.sendall(request)
        arrived = b""
        while HEAD_ENDS not in arrived:
            arrived += self.more()
        head, _, body = arrived.partition(HEAD_ENDS)
        length = int(head.lower().partition(LENGTH)[2].partition(b"\r")[0])
        while len(body) < length:
            body += self.more()
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{request.splitlines()[0].decode()}: {head.splitlines()[0].decode()}")
        return body

    def more(self) -> bytes:
        arrived = self.socket.recv(1 << 16)
        if not arrived:
            raise ConnectionError("the server has closed the connection")
        return arrived

    def close(self) -> None:
        self.socket.close()
