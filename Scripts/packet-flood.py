"""64-byte UDP packets of many flows, as fast as one processor sends them (AF_PACKET, sendmmsg).

    packet-flood.py INTERFACE NEXT-HOP'S-ETHERNET-ADDRESS SOURCE DESTINATION FLOWS SECONDS

Prints how many were sent a second. Only ever started inside a network namespace of its own (gateway-bench).
"""
import ctypes
import ipaddress
import socket
import struct
import sys
import time

BATCH = 64


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Message(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_void_p), ("name_length", ctypes.c_uint32), ("vectors", ctypes.POINTER(Vector)),
        ("vector_count", ctypes.c_size_t), ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_size_t), ("sent", ctypes.c_size_t),
    ]


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packet(source, destination, port):
    data = bytes(16 if destination.version == 6 else 36)
    udp = struct.pack("!HHHH", port, 5201, 8 + len(data), 0)
    pseudo = source.packed + destination.packed + struct.pack("!IHBB", 8 + len(data), 0, 0, 17)
    udp = udp[:6] + struct.pack("!H", checksum(pseudo + udp + data)) + data
    if destination.version == 6:
        return b"\x86\xdd" + struct.pack("!IHBB", 0x60000000, len(udp), 17, 64) + source.packed + destination.packed + udp
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0x4000, 64, 17, 0) + source.packed + destination.packed
    return b"\x08\x00" + header[:10] + struct.pack("!H", checksum(header)) + header[12:] + udp


def main():
    interface, ethernet, source, destination, flows, seconds = sys.argv[1:]
    target = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    target.bind((interface, 0))
    # PACKET_QDISC_BYPASS
    target.setsockopt(263, 20, 1)
    with open(f"/sys/class/net/{interface}/address") as file:
        own = bytes.fromhex(file.read().strip().replace(":", ""))
    head = bytes.fromhex(ethernet.replace(":", "")) + own
    frames = [
        ctypes.create_string_buffer(head + packet(ipaddress.ip_address(source), ipaddress.ip_address(destination), 20000 + flow))
        for flow in range(int(flows))
    ]
    vectors = (Vector * len(frames))(*[Vector(ctypes.addressof(frame), len(frame) - 1) for frame in frames])
    messages = (Message * len(frames))()
    for index in range(len(frames)):
        messages[index].vectors = ctypes.pointer(vectors[index])
        messages[index].vector_count = 1
    send = ctypes.CDLL(None, use_errno=True).sendmmsg
    file, size, base = target.fileno(), ctypes.sizeof(Message), ctypes.addressof(messages)
    start, count = time.monotonic(), 0
    while (now := time.monotonic()) < start + float(seconds):
        for first in range(0, len(frames), BATCH):
            sent = send(file, ctypes.c_void_p(base + first * size), min(BATCH, len(frames) - first), 0)
            count += max(0, sent)
    print(count / (now - start))


main()
