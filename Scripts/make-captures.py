#!/usr/bin/env python3
"""Makes the captures of Tests/DataplaneTests/Captures with scapy: packets to translate, and what each has to become.

The expected packets are written down field by field from the RFCs; scapy, and not the project, computes their lengths and
checksums. Run it with Debian's python3-scapy:

    /usr/bin/python3 Scripts/make-captures.py Tests/DataplaneTests/Captures
"""
import sys
from scapy.all import (
    ICMP, IP, TCP, UDP, Ether, ICMPv6DestUnreach, ICMPv6EchoReply, ICMPv6EchoRequest, ICMPv6PacketTooBig,
    ICMPv6ParamProblem, ICMPv6TimeExceeded, IPOption, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting, PcapWriter, Raw, conf, raw)

conf.verb = 0
folder = sys.argv[1]

# Of the configurations beside the captures.
H4, H6 = "198.51.100.20", "2001:db8:1::14"  # an inside host's pair in siit.yaml
R4, R6 = "203.0.113.9", "2001:db8:64::cb00:7109"  # a remote host, behind 2001:db8:64::/96
P4 = "192.0.2.2"  # nat64.yaml's pool
I6 = "2001:db8:2::5"  # an inside host with static bindings of nat64.yaml
W6 = "64:ff9b::cb00:7109"  # the remote host behind the well-known prefix


def body(count):
    return Raw(bytes((i * 7 + 3) & 0xFF for i in range(count)))


def fixed(packet, **fields):
    """The packet's bytes, with lengths and checksums computed first and fields set after that."""
    built = packet.__class__(raw(packet))
    for name, value in fields.items():
        setattr(built, name, value)
    return raw(built)


pairs = {"siit": [], "nat64": []}


def pair(suite, name, packet, expected):
    """`expected`: a packet, several, or none where it is refused."""
    if expected is None:
        expected = []
    if not isinstance(expected, list):
        expected = [expected]
    pairs[suite].append((name, raw(packet) if not isinstance(packet, bytes) else packet, [raw(e) if not isinstance(e, bytes) else e for e in expected]))


# ---- RFC 7915 4.1: IPv4 to IPv6
def v4(**k):
    k.setdefault("src", R4), k.setdefault("dst", H4), k.setdefault("ttl", 64), k.setdefault("id", 0x1234)
    return IP(**k)


def v6(**k):
    k.setdefault("src", R6), k.setdefault("dst", H6), k.setdefault("hlim", 63)
    return IPv6(**k)


s = "siit"
pair(s, "4.1 UDP, DF set", v4(flags="DF") / UDP(sport=1000, dport=53) / body(20), v6() / UDP(sport=1000, dport=53) / body(20))
pair(s, "4.1 UDP, DF clear, small: no fragment header", v4() / UDP(sport=1000, dport=53) / body(20), v6() / UDP(sport=1000, dport=53) / body(20))
pair(s, "4.1 TOS becomes the traffic class", v4(tos=0xB9, flags="DF") / TCP(sport=5, dport=6, flags="S", seq=7), v6(tc=0xB9) / TCP(sport=5, dport=6, flags="S", seq=7))
pair(s, "4.1 options are dropped", v4(flags="DF", options=[IPOption(b"\x94\x04\x00\x00")]) / UDP(sport=1, dport=2) / body(5), v6() / UDP(sport=1, dport=2) / body(5))
# scapy computes UDP checksums under a source route's last address; this one is used up.
plain = Raw(raw(v4() / UDP(sport=1, dport=2) / body(5))[20:])
pair(s, "4.1 an expired source route is an option", v4(flags="DF", proto=17, options=[IPOption(b"\x83\x07\x08\x0a\x00\x00\x01\x00")]) / plain, v6() / UDP(sport=1, dport=2) / body(5))
pair(s, "4.1 an unexpired source route is refused", v4(flags="DF", options=[IPOption(b"\x83\x07\x04\x0a\x00\x00\x01\x00")]) / UDP(sport=1, dport=2) / body(5), None)
pair(s, "4.1 TTL 1", v4(ttl=1) / UDP(sport=1, dport=2) / body(5), None)
pair(s, "4.1 TTL 2", v4(ttl=2, flags="DF") / UDP(sport=1, dport=2) / body(5), v6(hlim=1) / UDP(sport=1, dport=2) / body(5))
pair(s, "4.1 a protocol without ports", v4(proto=50, flags="DF") / body(40), v6(nh=50) / body(40))
pair(s, "4.1 IGMP is dropped", v4(proto=2) / body(8), None)
pair(s, "4.1 an illegal source", v4(src="127.0.0.1") / UDP(sport=1, dport=2) / body(5), None)
pair(s, "4.1 first fragment", v4(flags="MF") / Raw(raw(UDP(sport=9, dport=10, len=1000, chksum=0x5555)) + bytes(range(64))), None)
pairs[s].pop()


def l4_fragments(v4src, v4dst, v6src, v6dst, l4, size):
    """The upper layer's bytes under each family's checksum, cut at size."""
    a = raw(IP(src=v4src, dst=v4dst) / l4)[20:]
    b = raw(IPv6(src=v6src, dst=v6dst) / l4)[40:]
    assert len(a) == len(b)
    return [(o, a[o:o + size], b[o:o + size], o + size < len(a)) for o in range(0, len(a), size)]


for offset, a, b, more in l4_fragments(R4, H4, R6, H6, UDP(sport=9, dport=10) / body(100), 64):
    pair(s, f"4.1 fragment at {offset}", v4(proto=17, flags="MF" if more else 0, frag=offset // 8) / Raw(a),
         v6(nh=44) / IPv6ExtHdrFragment(nh=17, offset=offset // 8, m=int(more), id=0x1234) / Raw(b))
big = UDP(sport=9, dport=10) / body(1400)
pair(s, "4.1 DF clear, over 1280: cut", v4() / big,
     [v6(nh=44) / IPv6ExtHdrFragment(nh=17, offset=o // 8, m=int(m), id=0x1234) / Raw(b) for o, _, b, m in l4_fragments(R4, H4, R6, H6, big, 1232)])
pair(s, "4.1 DF clear, 1280 in IPv6", v4() / UDP(sport=9, dport=10) / body(1232), v6() / UDP(sport=9, dport=10) / body(1232))
one = UDP(sport=9, dport=10) / body(1233)
pair(s, "4.1 DF clear, 1281 in IPv6", v4() / one,
     [v6(nh=44) / IPv6ExtHdrFragment(nh=17, offset=o // 8, m=int(m), id=0x1234) / Raw(b) for o, _, b, m in l4_fragments(R4, H4, R6, H6, one, 1232)])
pair(s, "4.1 DF set, 1500 in IPv6", v4(flags="DF") / UDP(sport=9, dport=10) / body(1452), v6() / UDP(sport=9, dport=10) / body(1452))
pair(s, "4.1 DF set, 1501 in IPv6", v4(flags="DF") / UDP(sport=9, dport=10) / body(1453), None)
frag = l4_fragments(R4, H4, R6, H6, UDP(sport=9, dport=10) / body(2900), 1480)
for offset, a, b, more in frag:
    cut = [(o, b[o:o + 1232], o + 1232 < len(b) or more) for o in range(0, len(b), 1232)]
    pair(s, f"4.1 a fragment at {offset} that is cut again", v4(proto=17, flags="MF" if more else 0, frag=offset // 8) / Raw(a),
         [v6(nh=44) / IPv6ExtHdrFragment(nh=17, offset=(offset + o) // 8, m=int(m), id=0x1234) / Raw(p) for o, p, m in cut])

# ---- RFC 7915 4.2: ICMP to ICMPv6
pair(s, "4.2 echo request", v4(flags="DF") / ICMP(type=8, id=77, seq=3) / body(16), v6() / ICMPv6EchoRequest(id=77, seq=3, data=raw(body(16))))
pair(s, "4.2 echo reply", v4(flags="DF") / ICMP(type=0, id=77, seq=3) / body(16), v6() / ICMPv6EchoReply(id=77, seq=3, data=raw(body(16))))
for t in (13, 14, 15, 16, 17, 18, 9, 10, 5, 4, 6, 40):
    pair(s, f"4.2 type {t} is dropped", v4() / ICMP(type=t) / body(28), None)
pair(s, "4.2 a fragmented echo request is dropped", v4(flags="MF") / ICMP(type=8, id=77, seq=3) / body(16), None)
# What the inside host sent, as the IPv4 network saw it and as the host did.
inner4 = IP(src=H4, dst=R4, ttl=61, id=0x4321, flags="DF") / UDP(sport=2000, dport=53) / body(24)
inner6 = IPv6(src=H6, dst=R6, hlim=61) / UDP(sport=2000, dport=53) / body(24)
for code, (t6, c6) in {0: (1, 0), 1: (1, 0), 3: (1, 4), 5: (1, 0), 6: (1, 0), 7: (1, 0), 8: (1, 0), 9: (1, 1), 10: (1, 1), 11: (1, 0), 12: (1, 0), 13: (1, 1), 15: (1, 1)}.items():
    pair(s, f"4.2 destination unreachable, code {code}", v4(flags="DF") / ICMP(type=3, code=code) / inner4, v6() / ICMPv6DestUnreach(code=c6) / inner6)
pair(s, "4.2 protocol unreachable", v4(flags="DF") / ICMP(type=3, code=2) / inner4, v6() / ICMPv6ParamProblem(code=1, ptr=6) / inner6)
for code in (14, 16):
    pair(s, f"4.2 destination unreachable, code {code}, is dropped", v4() / ICMP(type=3, code=code) / inner4, None)
for mtu, expected in {1400: 1420, 1480: 1500, 9000: 1500, 600: 1280, 0: 1280}.items():
    pair(s, f"4.2 fragmentation needed, MTU {mtu}", v4(flags="DF") / ICMP(type=3, code=4, nexthopmtu=mtu) / inner4, v6() / ICMPv6PacketTooBig(mtu=expected) / inner6)
long4 = raw(IP(src=H4, dst=R4, ttl=61, id=0x4321, flags="DF") / UDP(sport=2000, dport=53) / body(1472))[:28 + 24]
long6 = raw(IPv6(src=H6, dst=R6, hlim=61) / UDP(sport=2000, dport=53) / body(1472))[:48 + 24]
pair(s, "4.2 fragmentation needed without MTU: the next plateau", v4(flags="DF") / ICMP(type=3, code=4, nexthopmtu=0) / Raw(long4), v6() / ICMPv6PacketTooBig(mtu=1500) / Raw(long6))
for code in (0, 1):
    pair(s, f"4.2 time exceeded, code {code}", v4(flags="DF") / ICMP(type=11, code=code) / inner4, v6() / ICMPv6TimeExceeded(code=code) / inner6)
for ptr, expected in {0: 0, 1: 1, 2: 4, 3: 4, 8: 7, 9: 6, 12: 8, 15: 8, 16: 24, 19: 24}.items():
    pair(s, f"4.2 parameter problem at {ptr}", v4(flags="DF") / ICMP(type=12, code=0, ptr=ptr) / inner4, v6() / ICMPv6ParamProblem(code=0, ptr=expected) / inner6)
for ptr in (4, 5, 6, 7, 10, 11, 20):
    pair(s, f"4.2 parameter problem at {ptr} is dropped", v4() / ICMP(type=12, code=0, ptr=ptr) / inner4, None)
pair(s, "4.2 parameter problem, a required option is missing, is dropped", v4() / ICMP(type=12, code=1) / inner4, None)
pair(s, "4.2 parameter problem, bad length", v4(flags="DF") / ICMP(type=12, code=2, ptr=2) / inner4, v6() / ICMPv6ParamProblem(code=0, ptr=4) / inner6)
# ---- 4.3: what errors quote
pair(s, "4.3 a quoted TCP segment", v4(flags="DF") / ICMP(type=3, code=1) / IP(src=H4, dst=R4, ttl=9, flags="DF") / TCP(sport=40000, dport=80, flags="A", seq=1, ack=2) / body(9),
     v6() / ICMPv6DestUnreach(code=0) / IPv6(src=H6, dst=R6, hlim=9) / TCP(sport=40000, dport=80, flags="A", seq=1, ack=2) / body(9))
pair(s, "4.3 a quoted echo request", v4(flags="DF") / ICMP(type=11, code=0) / IP(src=H4, dst=R4, ttl=9, flags="DF") / ICMP(type=8, id=5, seq=6) / body(9),
     v6() / ICMPv6TimeExceeded(code=0) / IPv6(src=H6, dst=R6, hlim=9) / ICMPv6EchoRequest(id=5, seq=6, data=raw(body(9))))
pair(s, "4.3 a quoted fragment", v4(flags="DF") / ICMP(type=11, code=1) / IP(src=H4, dst=R4, ttl=9, flags="MF", frag=100, id=0x77, proto=17) / body(32),
     v6() / ICMPv6TimeExceeded(code=1) / IPv6(src=H6, dst=R6, hlim=9, nh=44) / IPv6ExtHdrFragment(nh=17, offset=100, m=1, id=0x77) / body(32))
cut4 = raw(IP(src=H4, dst=R4, ttl=61, flags="DF") / TCP(sport=40000, dport=80, flags="A", seq=1, ack=2) / body(500))[:28]
cut6 = raw(IPv6(src=H6, dst=R6, hlim=61) / TCP(sport=40000, dport=80, flags="A", seq=1, ack=2) / body(500))[:48]
pair(s, "4.3 a quote of 8 bytes", v4(flags="DF") / ICMP(type=3, code=1) / Raw(cut4), v6() / ICMPv6DestUnreach(code=0) / Raw(cut6))
pair(s, "4.3 an error that quotes an error is dropped", v4() / ICMP(type=3, code=1) / IP(src=H4, dst=R4) / ICMP(type=3, code=1) / IP(src=R4, dst=H4) / UDP(sport=1, dport=2), None)
full4 = IP(src=H4, dst=R4, ttl=61, flags="DF") / UDP(sport=2000, dport=53) / body(1400)
full6 = raw(IPv6(src=H6, dst=R6, hlim=61) / UDP(sport=2000, dport=53) / body(1400))
pair(s, "4.3 errors are cut to 1280", v4(flags="DF") / ICMP(type=3, code=1) / full4, v6() / ICMPv6DestUnreach(code=0) / Raw(full6[:1280 - 48]))
wrong = bytearray(raw(v4(flags="DF") / ICMP(type=3, code=1) / inner4))
wrong[23] ^= 1
pair(s, "4.3 an error with a wrong checksum is dropped", bytes(wrong), None)
# ---- RFC 4884 extensions
ext = b"\x20\x00" + b"\xdf\xf7" + b"\x00\x08\x01\x01" + b"\x00\x01\x02\x03"
inner128 = raw(IP(src=H4, dst=R4, ttl=61, flags="DF") / UDP(sport=2000, dport=53) / body(100))
inner148 = raw(IPv6(src=H6, dst=R6, hlim=61) / UDP(sport=2000, dport=53) / body(100))
assert len(inner128) == 128 and len(inner148) == 148
pair(s, "RFC 4884: an extension moves with the quote", v4(flags="DF") / ICMP(type=11, code=0, length=32) / Raw(inner128 + ext),
     v6() / ICMPv6TimeExceeded(code=0, length=19) / Raw(inner148 + bytes(4) + ext))
pair(s, "RFC 4884: packet too big has no extensions", v4(flags="DF") / Raw(raw(ICMP(type=3, code=4, length=32, nexthopmtu=1400) / Raw(inner128 + ext))), None)
pairs[s].pop()
# ---- 4.5: transport
zero = v4(flags="DF") / UDP(sport=1000, dport=53, chksum=0) / body(21)
pair(s, "4.5 a UDP packet without checksum gets one", zero, v6() / UDP(sport=1000, dport=53) / body(21))
pair(s, "4.5 the first fragment without checksum is dropped", v4(flags="MF") / UDP(sport=1000, dport=53, chksum=0) / body(24), None)
pair(s, "4.5 later fragments pass", v4(flags=0, frag=4, proto=17) / body(24), v6(nh=44) / IPv6ExtHdrFragment(nh=17, offset=4, m=0, id=0x1234) / body(24))


# ---- RFC 7915 5.1: IPv6 to IPv4
def o6(**k):
    k.setdefault("src", H6), k.setdefault("dst", R6), k.setdefault("hlim", 64)
    return IPv6(**k)


def o4(**k):
    # The identification is random by the RFC: the tests leave it out where there was no fragment header.
    k.setdefault("src", H4), k.setdefault("dst", R4), k.setdefault("ttl", 63), k.setdefault("id", 0)
    return IP(**k)


pair(s, "5.1 UDP: small, DF clear", o6() / UDP(sport=1000, dport=53) / body(20), o4() / UDP(sport=1000, dport=53) / body(20))
pair(s, "5.1 1260 in IPv4: DF clear", o6() / UDP(sport=1000, dport=53) / body(1232), o4() / UDP(sport=1000, dport=53) / body(1232))
pair(s, "5.1 1261 in IPv4: DF set", o6() / UDP(sport=1000, dport=53) / body(1233), o4(flags="DF") / UDP(sport=1000, dport=53) / body(1233))
pair(s, "5.1 the traffic class becomes the TOS, the flow label goes", o6(tc=0x2E, fl=0x12345) / TCP(sport=1, dport=2, flags="S"), o4(tos=0x2E) / TCP(sport=1, dport=2, flags="S"))
pair(s, "5.1 hop limit 1", o6(hlim=1) / UDP(sport=1, dport=2), None)
pair(s, "5.1 hop limit 2", o6(hlim=2) / UDP(sport=1, dport=2), o4(ttl=1) / UDP(sport=1, dport=2))
pair(s, "5.1 hop-by-hop and destination options are dropped", o6() / IPv6ExtHdrHopByHop() / IPv6ExtHdrDestOpt() / UDP(sport=1, dport=2) / body(3), o4() / UDP(sport=1, dport=2) / body(3))
pair(s, "5.1 a routing header that is used up is dropped", o6() / IPv6ExtHdrRouting(addresses=["2001:db8::1"], segleft=0) / UDP(sport=1, dport=2, chksum=0x1234) / body(3), None)
pairs[s].pop()
route = raw(o6(nh=43) / Raw(b"\x11\x02\x00\x00" + bytes(20) + raw(IPv6(src=H6, dst=R6) / UDP(sport=1, dport=2) / body(3))[40:]))
pair(s, "5.1 a routing header that is used up is dropped", route, o4() / UDP(sport=1, dport=2) / body(3))
route = raw(o6(nh=43) / Raw(b"\x11\x02\x00\x01" + bytes(20) + raw(IPv6(src=H6, dst=R6) / UDP(sport=1, dport=2) / body(3))[40:]))
pair(s, "5.1 a routing header with segments left is refused", route, None)
pair(s, "5.1 a protocol without ports", o6(nh=50) / body(40), o4(proto=50) / body(40))
pair(s, "5.1 an illegal source", o6(src="::1") / UDP(sport=1, dport=2), None)
pair(s, "5.1 a source without IPv4 address", o6(src="2001:db8:ffff::1") / UDP(sport=1, dport=2), None)
for offset, a, b, more in l4_fragments(H4, R4, H6, R6, UDP(sport=9, dport=10) / body(100), 64):
    pair(s, f"5.1.1 fragment at {offset}", o6(nh=44) / IPv6ExtHdrFragment(nh=17, offset=offset // 8, m=int(more), id=0xABCD1234) / Raw(b),
         o4(proto=17, flags="MF" if more else 0, frag=offset // 8, id=0x1234) / Raw(a))
pair(s, "5.1.1 an atomic fragment", o6() / IPv6ExtHdrFragment(nh=17, offset=0, m=0, id=0xABCD1234) / UDP(sport=9, dport=10) / body(1300),
     o4(id=0x1234) / UDP(sport=9, dport=10) / body(1300))
pair(s, "5.1.1 extension headers after the fragment header are dropped with their packet", o6() / IPv6ExtHdrFragment(nh=60, offset=0, m=1, id=1) / IPv6ExtHdrDestOpt() / UDP(sport=9, dport=10), None)
# ---- 5.2: ICMPv6 to ICMP
pair(s, "5.2 echo request", o6() / ICMPv6EchoRequest(id=77, seq=3, data=raw(body(16))), o4() / ICMP(type=8, id=77, seq=3) / body(16))
pair(s, "5.2 echo reply", o6() / ICMPv6EchoReply(id=77, seq=3, data=raw(body(16))), o4() / ICMP(type=0, id=77, seq=3) / body(16))
for t in (130, 131, 132, 133, 134, 135, 136, 137, 143, 200):
    pair(s, f"5.2 type {t} is dropped", fixed(o6(nh=58) / Raw(bytes([t, 0, 0, 0]) + bytes(20))), None)
pair(s, "5.2 a fragmented echo request is dropped", o6() / IPv6ExtHdrFragment(nh=58, offset=0, m=1, id=1) / ICMPv6EchoRequest(id=1), None)
# What the outside host sent, as the inside saw it and as it did.
quote6 = IPv6(src=R6, dst=H6, hlim=50) / UDP(sport=53, dport=2000) / body(24)
quote4 = IP(src=R4, dst=H4, ttl=50, id=0) / UDP(sport=53, dport=2000) / body(24)
for code, (t4, c4) in {0: (3, 1), 1: (3, 10), 2: (3, 1), 3: (3, 1), 4: (3, 3)}.items():
    pair(s, f"5.2 destination unreachable, code {code}", o6() / ICMPv6DestUnreach(code=code) / quote6, o4() / ICMP(type=t4, code=c4) / quote4)
for code in (5, 6):
    pair(s, f"5.2 destination unreachable, code {code}, is dropped", o6() / ICMPv6DestUnreach(code=code) / quote6, None)
for mtu, expected in {1280: 1260, 1400: 1380, 1500: 1480, 9000: 1480}.items():
    pair(s, f"5.2 packet too big, MTU {mtu}", o6() / ICMPv6PacketTooBig(mtu=mtu) / quote6, o4() / ICMP(type=3, code=4, nexthopmtu=expected) / quote4)
for code in (0, 1):
    pair(s, f"5.2 time exceeded, code {code}", o6() / ICMPv6TimeExceeded(code=code) / quote6, o4() / ICMP(type=11, code=code) / quote4)
for ptr, expected in {0: 0, 1: 1, 4: 2, 5: 2, 6: 9, 7: 8, 8: 12, 23: 12, 24: 16, 39: 16}.items():
    pair(s, f"5.2 parameter problem at {ptr}", o6() / ICMPv6ParamProblem(code=0, ptr=ptr) / quote6, o4() / ICMP(type=12, code=0, ptr=expected) / quote4)
for ptr in (2, 3, 40, 260):
    pair(s, f"5.2 parameter problem at {ptr} is dropped", o6() / ICMPv6ParamProblem(code=0, ptr=ptr) / quote6, None)
pair(s, "5.2 unrecognized next header", o6() / ICMPv6ParamProblem(code=1, ptr=6) / quote6, o4() / ICMP(type=3, code=2) / quote4)
pair(s, "5.2 unrecognized option is dropped", o6() / ICMPv6ParamProblem(code=2, ptr=40) / quote6, None)
# ---- 5.3
pair(s, "5.3 a quoted echo reply", o6() / ICMPv6DestUnreach(code=3) / IPv6(src=R6, dst=H6, hlim=9) / ICMPv6EchoReply(id=5, seq=6, data=raw(body(9))),
     o4() / ICMP(type=3, code=1) / IP(src=R4, dst=H4, ttl=9, id=0) / ICMP(type=0, id=5, seq=6) / body(9))
pair(s, "5.3 a quoted fragment", o6() / ICMPv6TimeExceeded(code=1) / IPv6(src=R6, dst=H6, hlim=9, nh=44) / IPv6ExtHdrFragment(nh=17, offset=100, m=1, id=0xAA0077) / body(32),
     o4() / ICMP(type=11, code=1) / IP(src=R4, dst=H4, ttl=9, flags="MF", frag=100, id=0x77, proto=17) / body(32))
pair(s, "RFC 6791: an error of a router without IPv4 address", o6(src="2001:db8:ffff::1") / ICMPv6TimeExceeded(code=0) / quote6, o4(src="192.0.2.111") / ICMP(type=11, code=0) / quote4)
inner152 = raw(IPv6(src=R6, dst=H6, hlim=50) / UDP(sport=53, dport=2000) / body(104))
inner132 = raw(IP(src=R4, dst=H4, ttl=50, id=0) / UDP(sport=53, dport=2000) / body(104))
pair(s, "RFC 4884: an extension moves with the quote, back", o6() / ICMPv6TimeExceeded(code=0, length=19) / Raw(inner152 + ext),
     o4() / ICMP(type=11, code=0, length=33) / Raw(inner132 + ext))
# ---- RFC 7757
pair(s, "RFC 7757: a longer mapping wins", IP(src=R4, dst="198.51.100.64", ttl=64, flags="DF") / UDP(sport=1, dport=2), IPv6(src=R6, dst="2001:db8:9::4", hlim=63) / UDP(sport=1, dport=2))
pair(s, "RFC 7757: the suffix is kept", IP(src=R4, dst="198.51.100.77", ttl=64, flags="DF") / UDP(sport=1, dport=2), IPv6(src=R6, dst="2001:db8:1::4d", hlim=63) / UDP(sport=1, dport=2))
pair(s, "RFC 7757 4.2.2: turned round, as from behind the prefix, one hop less", IPv6(src=H6, dst="2001:db8:64::c633:644d", hlim=64) / UDP(sport=1, dport=2), IPv6(src="2001:db8:64::c633:6414", dst="2001:db8:1::4d", hlim=63) / UDP(sport=1, dport=2))

# ---- RFC 6146: stateful. Bindings of nat64.yaml: I6 port or identifier 1000 is P4's 2000, for TCP, UDP and ICMP.
n = "nat64"


def n6(**k):
    k.setdefault("src", I6), k.setdefault("dst", W6), k.setdefault("hlim", 64)
    return IPv6(**k)


def n4(**k):
    k.setdefault("src", P4), k.setdefault("dst", R4), k.setdefault("ttl", 63), k.setdefault("id", 0)
    return IP(**k)


def b4(**k):
    k.setdefault("src", R4), k.setdefault("dst", P4), k.setdefault("ttl", 64), k.setdefault("id", 0x99), k.setdefault("flags", "DF")
    return IP(**k)


def b6(**k):
    k.setdefault("src", W6), k.setdefault("dst", I6), k.setdefault("hlim", 63)
    return IPv6(**k)


pair(n, "UDP out", n6() / UDP(sport=1000, dport=53) / body(20), n4() / UDP(sport=2000, dport=53) / body(20))
pair(n, "UDP back", b4() / UDP(sport=53, dport=2000) / body(20), b6() / UDP(sport=53, dport=1000) / body(20))
pair(n, "UDP in from elsewhere, by the static binding", b4(src="203.0.113.77") / UDP(sport=54, dport=2000) / body(20), b6(src="64:ff9b::cb00:714d") / UDP(sport=54, dport=1000) / body(20))
pair(n, "UDP without checksum back", b4() / UDP(sport=53, dport=2000, chksum=0) / body(20), b6() / UDP(sport=53, dport=1000) / body(20))
pair(n, "TCP SYN out", n6() / TCP(sport=1000, dport=80, flags="S", seq=5), n4() / TCP(sport=2000, dport=80, flags="S", seq=5))
pair(n, "TCP SYN ACK back", b4() / TCP(sport=80, dport=2000, flags="SA", seq=9, ack=6), b6() / TCP(sport=80, dport=1000, flags="SA", seq=9, ack=6))
pair(n, "TCP ACK out", n6() / TCP(sport=1000, dport=80, flags="A", seq=6, ack=10) / body(7), n4() / TCP(sport=2000, dport=80, flags="A", seq=6, ack=10) / body(7))
pair(n, "echo out", n6() / ICMPv6EchoRequest(id=1000, seq=1, data=b"abc"), n4() / ICMP(type=8, id=2000, seq=1) / Raw(b"abc"))
pair(n, "echo back", b4() / ICMP(type=0, id=2000, seq=1) / Raw(b"abc"), b6() / ICMPv6EchoReply(id=1000, seq=1, data=b"abc"))
pair(n, "an error from a router outside", b4(src="203.0.113.254") / ICMP(type=11, code=0) / IP(src=P4, dst=R4, ttl=1, flags="DF") / UDP(sport=2000, dport=53) / body(20),
     b6(src="64:ff9b::cb00:71fe") / ICMPv6TimeExceeded(code=0) / IPv6(src=I6, dst=W6, hlim=1) / UDP(sport=1000, dport=53) / body(20))
pair(n, "an error from inside", n6(src="2001:db8:2::fe") / ICMPv6DestUnreach(code=4) / IPv6(src=W6, dst=I6, hlim=60) / UDP(sport=53, dport=1000) / body(20),
     n4() / ICMP(type=3, code=3) / IP(src=R4, dst=P4, ttl=60, id=0) / UDP(sport=53, dport=2000) / body(20))
pair(n, "an error about an echo request", b4(src="203.0.113.254") / ICMP(type=3, code=1) / IP(src=P4, dst=R4, ttl=1, flags="DF") / ICMP(type=8, id=2000, seq=1) / Raw(b"abc"),
     b6(src="64:ff9b::cb00:71fe") / ICMPv6DestUnreach(code=0) / IPv6(src=I6, dst=W6, hlim=1) / ICMPv6EchoRequest(id=1000, seq=1, data=b"abc"))
pair(n, "an error about no session is dropped", b4() / ICMP(type=11, code=0) / IP(src=P4, dst=R4) / UDP(sport=2001, dport=53), None)
pair(n, "nothing takes it", b4() / UDP(sport=53, dport=3333) / body(20), None)
pair(n, "not for the pool", b4(dst="192.0.2.99") / UDP(sport=53, dport=2000), None)
pair(n, "not for the prefix", n6(dst="2001:db8:77::1") / UDP(sport=1000, dport=53), None)
pair(n, "a private address behind the well-known prefix (RFC 6052 3.1)", n6(dst="64:ff9b::10.0.0.1") / UDP(sport=1000, dport=53), None)
pair(n, "other protocols", n6(nh=50) / body(20), None)
frags = l4_fragments(P4, R4, I6, W6, UDP(sport=1000, dport=53) / body(2000), 1232)
out = l4_fragments(P4, R4, I6, W6, UDP(sport=2000, dport=53) / body(2000), 1232)
for (o, _, b, m), (_, a, _, _) in zip(frags, out):
    pair(n, f"fragment out at {o}", n6(nh=44) / IPv6ExtHdrFragment(nh=17, offset=o // 8, m=int(m), id=0x55) / Raw(b), n4(proto=17, flags="MF" if m else 0, frag=o // 8, id=0x55) / Raw(a))
# Two hosts inside, by the pool's addresses: I6 port 1000 to the binding of 2001:db8:2::6 port 1000, P4's 2006.
pair(n, "hairpin (RFC 6146 3.8)", n6(dst="64:ff9b::192.0.2.2") / UDP(sport=1000, dport=2006) / body(8), IPv6(src="64:ff9b::192.0.2.2", dst="2001:db8:2::6", hlim=62) / UDP(sport=2000, dport=1000) / body(8))
pair(n, "hairpin back", n6(src="2001:db8:2::6", dst="64:ff9b::192.0.2.2") / UDP(sport=1000, dport=2000) / body(8), IPv6(src="64:ff9b::192.0.2.2", dst=I6, hlim=62) / UDP(sport=2006, dport=1000) / body(8))

for suite, list_ in pairs.items():
    given = PcapWriter(f"{folder}/{suite}-in.pcap", linktype=101, sync=True)
    wanted = PcapWriter(f"{folder}/{suite}-out.pcap", linktype=101, sync=True)
    with open(f"{folder}/{suite}.txt", "w") as names:
        for index, (name, packet, expected) in enumerate(list_):
            names.write(f"{len(expected)} {name}\n")
            p = Raw(packet)
            p.time = 1700000000 + index * 0.001
            given.write(p)
            for e in expected:
                q = Raw(e)
                q.time = p.time
                wanted.write(q)
    given.close()
    wanted.close()
