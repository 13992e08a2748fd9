"""A server that speaks as much SMTP as a client needs; it can refuse mails, or hang."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Postbox:
    """Takes mails; `refusals` are its first answers to a recipient, `open` lets it go on, `asked`
    tells that a mail has come so far."""

    def __init__(self) -> None:
        self.mails: list[str] = []
        self.refusals: list[str] = []
        self.tries = 0
        self.asked, self.open = asyncio.Event(), asyncio.Event()
        self.open.set()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().strip().upper():
            if line.startswith("RCPT"):
                self.tries += 1
                self.asked.set()
                await self.open.wait()
                answer = self.refusals.pop(0) if self.refusals else "250 fine"
                writer.write(f"{answer}\r\n".encode())
            elif line == "DATA":
                writer.write(b"354 go\r\n")
                self.mails.append((await reader.readuntil(b"\r\n.\r\n")).decode())
                writer.write(b"250 taken\r\n")
            elif line == "QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 fine\r\n")
        writer.close()


@asynccontextmanager
async def postbox() -> AsyncIterator[Postbox]:
    """A server on loopback while the context is open."""
    box = Postbox()
    server = await asyncio.start_server(box.serve, "127.0.0.1", 0)
    async with server:
        box.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield box
