import Captures
import Packets

extension Replay {
    struct Summary {
        var packets = 0
        var forwarded = 0
        var held = 0
        var refused = 0
        var skipped = 0
        var answers = 0
        var reasons: [(reason: String, count: Int)] = []

        /// Whose link type is not read.
        var unreadInterfaces: [(interface: Int, linkType: UInt16, count: Int)] = []

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
    struct Outcome {
        var number: Int
        var time: UInt64

        /// On the wire, and what of it the capture has, in bytes.
        var length: Int
        var captured: Int
        var verdict: String
        var reason: String?
        var isNew = false
        var side: String?
        var answer: String?

        /// Why its sender gets no answer that it was to get.
        var unanswered: String?
        var written = 0
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
