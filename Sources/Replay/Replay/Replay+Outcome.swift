import Captures
import Packets

extension Replay {
    /// How many packets came to what.
    public struct Summary: Sendable {
        public internal(set) var packets = 0
        public internal(set) var forwarded = 0
        public internal(set) var held = 0
        public internal(set) var refused = 0
        public internal(set) var skipped = 0
        public internal(set) var answers = 0

        /// Why packets were refused, in the order of their first ones.
        public internal(set) var reasons: [(reason: String, count: Int)] = []

        /// Those whose link type is not read.
        public internal(set) var unreadInterfaces: [(interface: Int, linkType: UInt16, count: Int)] = []

        mutating func count(_ reason: String) {
            if let index = reasons.firstIndex(where: { $0.reason == reason }) {
                reasons[index].count += 1
            } else {
                reasons.append((reason, 1))
            }
        }

        mutating func count(_ packet: UnreadPacket) {
            guard case .linkType(let type) = packet.reason else { return }
            let known = unreadInterfaces.firstIndex { $0.interface == packet.interface && $0.linkType == type }
            if let known {
                unreadInterfaces[known].count += 1
            } else {
                unreadInterfaces.append((packet.interface, type, 1))
            }
        }
    }

    /// What became of one packet, for reports.
    public struct Outcome: Sendable {
        /// Its number in the capture, from 1.
        public internal(set) var number: Int

        /// Nanoseconds since 1970.
        public internal(set) var time: UInt64

        /// On the wire, in bytes.
        public internal(set) var length: Int

        /// What of it the capture has, in bytes.
        public internal(set) var captured: Int

        /// `forwarded`, `held`, `refused` or `skipped`.
        public internal(set) var verdict: String
        public internal(set) var reason: String?

        /// Whether it has opened a connection.
        public internal(set) var isNew = false

        /// `inside` or `outside`, where it was forwarded.
        public internal(set) var side: String?

        /// The ICMP error, or reset, that its sender gets.
        public internal(set) var answer: String?

        /// Why its sender gets no answer that it was to get.
        public internal(set) var unanswered: String?

        /// How many packets were written for it.
        public internal(set) var written = 0
    }
}

/// A packet on its way through a replay.
struct ReplayedPacket {
    let captured: CapturedPacket
    let link: LinkHeader

    /// The link header's bytes.
    let header: [UInt8]

    /// Where the IP packet is in the buffer, as long as it was on the wire.
    var ip: Range<Int>

    /// Where the capture's bytes of it end; zeros stand for what comes after it.
    var capturedEnd: Int

    /// Where a UDP checksum of zero is, of a packet that is not all there.
    var zeroChecksum: Int?

    var isCut: Bool { capturedEnd < ip.upperBound }
}
