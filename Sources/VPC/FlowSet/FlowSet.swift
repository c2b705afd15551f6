import IPAddresses

/// A set of packets, as a union of boxes that do not overlap: the algebra behind questions about rules.
///
///     box = family × source × destination × protocol × source port × destination port
///
/// Sets answer exactly: which part of a flow space passes a list of rules, which rule decides on which part, and whether a
/// rule is ever reached.
public struct FlowSet: Sendable {
    /// The boxes; no packet is in two of them.
    public private(set) var boxes: [Box]

    public init() { boxes = [] }

    public init(_ box: Box) { boxes = [box] }

    /// Makes the union of boxes, which may overlap.
    public init(_ boxes: some Sequence<Box>) {
        self.init()
        for box in boxes { formUnion(FlowSet(box)) }
    }

    init(disjoint boxes: [Box]) { self.boxes = boxes }

    /// All packets of a family.
    public static func all(_ family: IPFamily) -> FlowSet { FlowSet(Box(family)) }

    public var isEmpty: Bool { boxes.isEmpty }

    /// Whether the packet is in the set.
    public func contains(_ packet: Packet) -> Bool { boxes.contains { $0.contains(packet) } }

    public func intersection(_ other: FlowSet) -> FlowSet {
        FlowSet(disjoint: boxes.flatMap { box in other.boxes.compactMap { box.intersection($0) } })
    }

    public func subtracting(_ other: FlowSet) -> FlowSet {
        var rest = boxes
        for box in other.boxes {
            if rest.isEmpty { break }
            rest = rest.flatMap { $0.subtracting(box) }
        }
        return FlowSet(disjoint: rest)
    }

    public func union(_ other: FlowSet) -> FlowSet {
        FlowSet(disjoint: boxes + other.subtracting(self).boxes)
    }

    public mutating func formUnion(_ other: FlowSet) { self = union(other) }

    public func isSubset(of other: FlowSet) -> Bool { subtracting(other).isEmpty }

    /// The same packets in fewer boxes where neighbours can be put together.
    public func simplified() -> FlowSet {
        var result = boxes
        var isChanged = true
        while isChanged {
            isChanged = false
            search: for left in result.indices {
                for right in result.indices.dropFirst(left + 1) {
                    guard let merged = result[left].merged(with: result[right]) else { continue }
                    result[left] = merged
                    result.remove(at: right)
                    isChanged = true
                    break search
                }
            }
        }
        return FlowSet(disjoint: result)
    }

    /// Whether both hold the same packets, however they are cut into boxes.
    public func isEqual(to other: FlowSet) -> Bool { isSubset(of: other) && other.isSubset(of: self) }

    /// Stops the program where two boxes overlap.
    public func _invariantCheck() {
        for (index, box) in boxes.enumerated() {
            for other in boxes.dropFirst(index + 1) {
                precondition(box.intersection(other) == nil, "boxes overlap: \(box) and \(other)")
            }
        }
    }
}

extension FlowSet {
    /// One packet: a point of the space.
    public struct Packet: Hashable, Sendable {
        public var source: IPAddress
        public var destination: IPAddress
        public var ipProtocol: IPProtocol
        public var sourcePort: UInt16

        /// The destination port; of an ICMP message the type times 256 and the code.
        public var destinationPort: UInt16

        public init(
            source: IPAddress, destination: IPAddress, ipProtocol: IPProtocol, sourcePort: UInt16 = 0,
            destinationPort: UInt16 = 0
        ) {
            self.source = source
            self.destination = destination
            self.ipProtocol = ipProtocol
            self.sourcePort = sourcePort
            self.destinationPort = destinationPort
        }
    }
}
