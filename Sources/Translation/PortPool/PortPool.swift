import IPAddresses

/// The outside addresses and ports of a translator, and the order in which it tries them.
///
/// A pool keeps no list of what is in use: that is the table's knowledge, so that one port serves many destinations where
/// mappings depend on them.
public struct PortPool<Address: ConnectionAddress>: Hashable, Sendable {
    /// The addresses, at least one.
    public let addresses: [Address]

    /// The same in ascending order, neighbours together: first and last of each run.
    @usableFromInline let runs: [ClosedRange<Address.Bits>]

    /// The ports, and the identifiers of ICMP queries: 1024 to 65535 by default.
    public var ports: ClosedRange<UInt16> = 1024...65535
    public var selection = Selection.random
    public var pooling = Pooling.paired

    /// Gives each inside address ports of its own, computed and not kept (RFC 7422).
    public var blocks: DeterministicBlocks<Address>?

    public enum Selection: Hashable, Sendable {
        /// The inside's own port where it is free (RFC 4787 4.2.1), else a random one.
        case preserving
        /// A random one (RFC 6056 3.3).
        case random
        /// As Linux does with `--random-fully`: ports below 512, and those below 1024, among themselves.
        case randomByClass
        /// As Linux does without: the packet's own port where it is free, else one of its class.
        case preservingByClass

        @inlinable
        var preserves: Bool { self == .preserving || self == .preservingByClass }
    }

    public enum Pooling: Hashable, Sendable {
        /// An inside address has one outside address for all of its connections (RFC 4787 REQ-2).
        case paired
        /// The other addresses are tried where one has no ports left.
        case arbitrary
    }

    /// - Precondition: there is an address.
    public init(_ addresses: [Address]) {
        precondition(!addresses.isEmpty, "a pool needs an address")
        self.addresses = addresses
        var runs: [ClosedRange<Address.Bits>] = []
        for bits in addresses.map(\.bits).sorted() {
            if let last = runs.last, bits == last.upperBound || bits == last.upperBound &+ 1 {
                runs[runs.count - 1] = last.lowerBound...bits
            } else {
                runs.append(bits...bits)
            }
        }
        self.runs = runs
    }

    /// Whether the address is one of the pool's.
    @inlinable
    public func contains(_ address: Address) -> Bool {
        let bits = address.bits
        var (low, high) = (0, runs.count)
        // The first run that does not end before the address.
        while low < high {
            let middle = (low &+ high) &>> 1
            if runs[middle].upperBound < bits { low = middle &+ 1 } else { high = middle }
        }
        return low < runs.count && runs[low].lowerBound <= bits
    }

    /// How many addresses are tried for one connection.
    @inlinable
    var addressesToTry: Int { pooling == .paired || blocks != nil ? 1 : addresses.count }

    /// The n-th address to try for an inside address: the first one is always the same for it.
    @inlinable
    func address(_ attempt: Int, for inside: Address, _ secret: ConnectionSecret) -> Address? {
        if let blocks { return blocks.outside(of: inside)?.address }
        if addresses.count == 1 { return addresses[0] }
        let first = Int(truncatingIfNeeded: secret.fingerprint(inside) % UInt64(addresses.count))
        return addresses[(first + attempt) % addresses.count]
    }

    /// The ports to try for an inside endpoint.
    @inlinable
    func portsToTry(for inside: Address, _ port: UInt16) -> ClosedRange<UInt16>? {
        if let blocks { return blocks.outside(of: inside)?.ports }
        guard selection == .randomByClass || selection == .preservingByClass else { return ports }
        // nf_nat_l4proto_unique_tuple in Linux's nf_nat_core.c.
        return port < 512 ? 1...511 : port < 1024 ? 600...1023 : ports
    }

    /// The n-th port to try, of all in `range`, each once; nil after the last one.
    @inlinable
    func port(_ attempt: Int, in range: ClosedRange<UInt16>, _ own: UInt16, _ random: UInt64) -> UInt16? {
        var attempt = attempt
        if selection.preserves, range.contains(own) {
            if attempt == 0 { return own }
            attempt -= 1
        }
        let count = UInt64(range.upperBound - range.lowerBound) + 1
        guard attempt < count else { return nil }
        // 65,537 is prime, so steps of it meet each port once before they come back.
        let position = (random % count + UInt64(attempt) * 65_537) % count
        return range.lowerBound + UInt16(truncatingIfNeeded: position)
    }
}

extension ConnectionSecret {
    /// A fingerprint of an address.
    @inlinable
    func fingerprint<Address: ConnectionAddress>(_ address: Address) -> UInt64 {
        Address.Packed(FiveTuple(from: address, 0, to: address, 0, protocol: 0), kind: 7).hash(self)
    }

    /// A fingerprint of an outside address and a destination.
    @inlinable
    func fingerprint<Address: ConnectionAddress>(
        _ outside: Address, to remote: Address, _ port: UInt16, _ ipProtocol: UInt8
    )
        -> UInt64
    {
        Address.Packed(FiveTuple(from: outside, 0, to: remote, port, protocol: ipProtocol), kind: 7).hash(self)
    }

    /// A fingerprint of the outside address and the destination of a connection with these answers.
    func fingerprint<Address: ConnectionAddress>(ofDestination reply: FiveTuple<Address>) -> UInt64 {
        fingerprint(reply.destination, to: reply.source, reply.sourcePort, reply.ipProtocol)
    }
}
