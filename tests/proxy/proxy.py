#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A TCP proxy that understands ONC RPC record marking: it counts calls and can do harm.

  proxy.py --to HOST:PORT [--listen HOST:PORT] [--delay-ms D] [--drop-reply-every N]
           [--cut-every N] [--seed S]

The first line on stdout is `proxy: ready on HOST:PORT`. Each line on stdin is a command, answered
by one JSON line:
  counts   the counts so far        reset    the counts so far, then zero
Counts: connections, calls (RPCs from client to server), replies, callbacks (calls from server to
client), bytes_up, bytes_down, dropped. It ends at end of input or SIGTERM.

--delay-ms          one-way delay of every record, both directions
--drop-reply-every  on average every Nth reply is swallowed and its connection closed, as when a
                    network fails after the server has done the work
--cut-every         on average every Nth call is swallowed and its connection closed, as when it
                    fails before
"""
import argparse
import asyncio
import json
import random
import signal
import sys

CALL, REPLY = 0, 1


class Proxy:
    def __init__(self, options):
        self.options = options
        self.random = random.Random(options.seed)
        self.zero()

    def zero(self):
        names = "connections calls replies callbacks bytes_up bytes_down dropped"
        self.counts = dict.fromkeys(names.split(), 0)

    def once_in(self, every):
        return every > 0 and self.random.randrange(every) == 0

    async def record(self, reader):
        """One whole record with its marks; None at the end of the stream."""
        raw = bytearray()
        while True:
            mark = await reader.readexactly(4)
            word = int.from_bytes(mark, "big")
            raw += mark + await reader.readexactly(word & 0x7FFFFFFF)
            if word >> 31:
                return bytes(raw)

    async def pump(self, reader, writer, upward):
        loop = asyncio.get_running_loop()
        delay = self.options.delay_ms / 1000
        while True:
            raw = await self.record(reader)
            kind = int.from_bytes(raw[8:12], "big")
            self.counts["bytes_up" if upward else "bytes_down"] += len(raw)
            if kind == CALL:
                self.counts["calls" if upward else "callbacks"] += 1
            elif not upward:
                self.counts["replies"] += 1
            if upward and kind == CALL and self.once_in(self.options.cut_every):
                self.counts["dropped"] += 1
                return
            if not upward and kind == REPLY and self.once_in(self.options.drop_reply_every):
                self.counts["dropped"] += 1
                return
            if delay:
                loop.call_later(delay, lambda data: writer.is_closing() or writer.write(data), raw)
            else:
                writer.write(raw)
                await writer.drain()

    async def serve(self, client_reader, client_writer):
        self.counts["connections"] += 1
        host, port = self.options.to.rsplit(":", 1)
        try:
            server_reader, server_writer = await asyncio.open_connection(host, int(port))
        except OSError:
            client_writer.close()
            return
        ways = [
            asyncio.ensure_future(self.pump(client_reader, server_writer, True)),
            asyncio.ensure_future(self.pump(server_reader, client_writer, False)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for writer in (client_writer, server_writer):
            writer.close()

    async def commands(self):
        loop = asyncio.get_running_loop()
        lines = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        while line := await lines.readline():
            word = line.decode().strip()
            if word in ("counts", "reset"):
                print(json.dumps(self.counts), flush=True)
                if word == "reset":
                    self.zero()
            else:
                error = f"unknown command {word!r}: counts or reset"
                print(json.dumps({"error": error}), flush=True)

    async def run(self):
        host, port = self.options.listen.rsplit(":", 1)
        server = await asyncio.start_server(self.serve, host, int(port), limit=1 << 22)
        where = server.sockets[0].getsockname()
        print(f"proxy: ready on {where[0]}:{where[1]}", flush=True)
        done = asyncio.ensure_future(self.commands())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, done.cancel)
        await asyncio.wait([done])


def main():
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--to", required=True, metavar="HOST:PORT")
    parser.add_argument("--listen", default="127.0.0.1:0", metavar="HOST:PORT")
    parser.add_argument("--delay-ms", type=float, default=0)
    parser.add_argument("--drop-reply-every", type=int, default=0, metavar="N")
    parser.add_argument("--cut-every", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    asyncio.run(Proxy(parser.parse_args()).run())


if __name__ == "__main__":
    main()
