"""A small X client in plain bytes: maps one window whose background is the brightest pixel, so that the server fills a
rectangle of 1000x800 at +100+100. Its argument is the server's socket."""
import socket
import struct
import sys


def receive(server, size):
    data = b""
    while len(data) < size:
        part = server.recv(size - len(data))
        if not part:
            sys.exit("fill-client: the server hung up")
        data += part
    return data


with socket.socket(socket.AF_UNIX) as server:
    server.connect(sys.argv[1])
    server.sendall(struct.pack("<BxHHHHxx", ord("l"), 11, 0, 0, 0))
    accepted, words = struct.unpack("<B5xH", receive(server, 8))
    setup = receive(server, 4 * words)
    if accepted != 1:
        sys.exit("fill-client: the server refused the connection")
    window = struct.unpack_from("<I", setup, 4)[0]
    vendor, = struct.unpack_from("<H", setup, 16)
    formats = setup[21]
    root, = struct.unpack_from("<I", setup, 32 + (vendor + 3) // 4 * 4 + 8 * formats)
    create = struct.pack("<BBHIIhhHHHHIII", 1, 0, 9, window, root, 100, 100, 1000, 800, 0, 1, 0, 2, 0xFF)
    server.sendall(create + struct.pack("<BxHI", 8, 2, window))
    server.recv(32)
