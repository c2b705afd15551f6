import IPAddresses

extension FlowSet {
    /// The packets of one family whose addresses, protocol and ports each lie in an interval.
    public struct Box: Hashable, Sendable {
        public let family: IPFamily

        /// Source address, destination address, protocol, source port, destination port.
        private var sides: [ClosedRange<UInt128>]

        private init(all family: IPFamily) {
            self.family = family
            let addresses: ClosedRange<UInt128> = 0...(family == .ipv4 ? 0xFFFF_FFFF : .max)
            sides = [addresses, addresses, 0...255, 0...65535, 0...65535]
        }

        /// Packets between two prefixes; the family's whole space where one is nil. Prefixes have to be of the family.
        ///
        /// `destinationPorts`: destination ports, or ``FlowSet/icmp(type:code:)`` where `ipProtocol` is ICMP.
        public init(
            _ family: IPFamily, source: IPPrefix? = nil, destination: IPPrefix? = nil, ipProtocol: IPProtocol? = nil,
            sourcePorts: ClosedRange<UInt16> = 0...65535, destinationPorts: ClosedRange<UInt16> = 0...65535
        ) {
            self.init(all: family)
            if let source { sides[0] = source.interval }
            if let destination { sides[1] = destination.interval }
            if let ipProtocol { sides[2] = UInt128(ipProtocol.number)...UInt128(ipProtocol.number) }
            sides[3] = UInt128(sourcePorts.lowerBound)...UInt128(sourcePorts.upperBound)
            sides[4] = UInt128(destinationPorts.lowerBound)...UInt128(destinationPorts.upperBound)
        }

        private init(_ family: IPFamily, sides: [ClosedRange<UInt128>]) {
            self.family = family
            self.sides = sides
        }

        public var sources: ClosedRange<IPAddress> { addresses(sides[0]) }
        public var destinations: ClosedRange<IPAddress> { addresses(sides[1]) }

        /// The numbers of the protocols.
        public var protocols: ClosedRange<UInt8> { UInt8(sides[2].lowerBound)...UInt8(sides[2].upperBound) }
        public var sourcePorts: ClosedRange<UInt16> { UInt16(sides[3].lowerBound)...UInt16(sides[3].upperBound) }

        /// The destination ports; types and codes of ICMP messages (``FlowSet/icmp(type:code:)``).
        public var destinationPorts: ClosedRange<UInt16> { UInt16(sides[4].lowerBound)...UInt16(sides[4].upperBound) }

        /// The smallest set of prefixes that make up the sources.
        public var sourcePrefixes: [IPPrefix] { prefixes(sides[0]) }

        /// The smallest set of prefixes that make up the destinations.
        public var destinationPrefixes: [IPPrefix] { prefixes(sides[1]) }

        public func contains(_ packet: Packet) -> Bool {
            packet.source.family == family && packet.destination.family == family
                && sides[0].contains(packet.source.number) && sides[1].contains(packet.destination.number)
                && sides[2].contains(UInt128(packet.ipProtocol.number)) && sides[3].contains(UInt128(packet.sourcePort))
                && sides[4].contains(UInt128(packet.destinationPort))
        }

        public func intersection(_ other: Box) -> Box? {
            guard family == other.family else { return nil }
            var result = self
            for side in sides.indices {
                guard sides[side].overlaps(other.sides[side]) else { return nil }
                result.sides[side] = sides[side].clamped(to: other.sides[side])
            }
            return result
        }

        /// What is left: at most two boxes for each dimension, none of which overlap.
        public func subtracting(_ other: Box) -> [Box] {
            guard let shared = intersection(other) else { return [self] }
            var result: [Box] = []
            var rest = self
            for side in sides.indices {
                let (whole, taken) = (rest.sides[side], shared.sides[side])
                if whole.lowerBound < taken.lowerBound {
                    rest.sides[side] = whole.lowerBound...(taken.lowerBound - 1)
                    result.append(rest)
                }
                if taken.upperBound < whole.upperBound {
                    rest.sides[side] = (taken.upperBound + 1)...whole.upperBound
                    result.append(rest)
                }
                rest.sides[side] = taken
            }
            return result
        }

        /// One box for both, where they differ in one dimension and touch there.
        func merged(with other: Box) -> Box? {
            guard family == other.family else { return nil }
            let different = sides.indices.filter { sides[$0] != other.sides[$0] }
            guard let side = different.first, different.count == 1 else { return nil }
            let (low, high) =
                sides[side].lowerBound < other.sides[side].lowerBound
                ? (sides[side], other.sides[side]) : (other.sides[side], sides[side])
            guard low.upperBound + 1 == high.lowerBound else { return nil }
            var result = self
            result.sides[side] = low.lowerBound...high.upperBound
            return result
        }

        /// The answers to these packets: addresses and ports swapped.
        public var reversed: Box { Box(family, sides: [sides[1], sides[0], sides[2], sides[4], sides[3]]) }

        private func addresses(_ range: ClosedRange<UInt128>) -> ClosedRange<IPAddress> {
            IPAddress(family, number: range.lowerBound)...IPAddress(family, number: range.upperBound)
        }

        private func prefixes(_ range: ClosedRange<UInt128>) -> [IPPrefix] {
            IPPrefix.prefixes(family, from: range.lowerBound, through: range.upperBound)
        }
    }
}
