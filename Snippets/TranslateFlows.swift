//! A NAT gateway by its flows alone, without packets: which address and port, and which refusal.
import IPAddresses
import Translation

let gateway = try NATGateway(addresses: [IPv4Address("10.0.0.99")!])
let sent = FiveTuple(from: IPv4Address("10.0.16.1")!, 40000, to: IPv4Address("192.0.2.1")!, 443, protocol: 6)

// Time and randomness are the caller's.
let now = MonotonicTime(nanoseconds: 1)
let verdict = gateway.outbound(FlowPacket(sent, .syn), now: now, random: .random(in: 0 ... .max))
print(verdict)  // forwarded, from 10.0.0.99 and a port

let reply = gateway.inbound(FlowPacket(verdict.tuple!.reversed, [.syn, .ack]), now: now)
print(reply.tuple!.destination, reply.tuple!.destinationPort)  // 10.0.16.1 40000
// snippet.hide
precondition(verdict.tuple!.source == IPv4Address("10.0.0.99")! && verdict.tuple!.destinationPort == 443)
precondition(reply.tuple! == sent.reversed)
