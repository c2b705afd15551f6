/// How mappings and filters depend on the remote endpoint (RFC 4787 4.1, 5).
public enum EndpointDependence: String, Hashable, Sendable, CaseIterable, Comparable {
    case endpointIndependent
    case addressDependent
    case addressAndPortDependent

    @inlinable
    var rank: Int {
        switch self {
        case .endpointIndependent: 0
        case .addressDependent: 1
        case .addressAndPortDependent: 2
        }
    }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// What a port translator does where the RFCs leave a choice. The defaults are those of RFC 4787, 5382, 5508 and
/// 7857, except for the filter of TCP, which is stricter.
public struct NAPTConfiguration<Address: ConnectionAddress>: Sendable {
    public var pool: PortPool<Address>

    /// What a mapping depends on. Only with ``EndpointDependence/addressAndPortDependent`` is a port used for several
    /// destinations at once.
    public var mapping = EndpointDependence.endpointIndependent

    /// What comes in to a mapping, by protocol; nil for the default: UDP and ICMP from addresses that the inside has sent
    /// to (RFC 4787 REQ-8), TCP from endpoints that it has sent to, though RFC 5382 REQ-3 recommends less.
    public var filtering: EndpointDependence?
    public var timeouts = Timeouts()

    /// Whether packets from outside prolong a UDP mapping too (RFC 4787 REQ-6, RFC 7857).
    public var refreshesInbound = false

    /// Whether packets between two inside endpoints by their outside addresses are turned round (RFC 4787 REQ-9).
    public var hairpins = true

    /// What answers a TCP packet that belongs to no connection and opens none.
    public var strayTCP = StrayTCP.drop

    /// The most connections of one outside address to one destination: address, port and protocol.
    public var destinationLimit: Int?

    /// The most mappings of one inside address (RFC 6888 REQ-4).
    public var subscriberLimit: Int?

    /// The most new ones in a second (RFC 6888 REQ-4).
    public var subscriberRate: Int?

    /// The protocols that are translated; nil for all.
    public var protocols: Set<UInt8>? = [1, 6, 17, 58]

    public enum StrayTCP: String, Hashable, Sendable {
        case drop
        /// A reset to a sender inside.
        case reset
        /// Taken for a connection that was there before (Linux's nf_conntrack_tcp_loose).
        case pickUp
    }

    public init(pool: PortPool<Address>) { self.pool = pool }

    /// The filter of a protocol.
    @inlinable
    public func filter(_ ipProtocol: UInt8) -> EndpointDependence {
        if let filtering { return filtering }
        let preferred = ipProtocol == 6 ? EndpointDependence.addressAndPortDependent : .addressDependent
        return max(preferred, mapping)
    }

    /// - Throws: where the filter would let in what the mapping can't tell apart: a port that several remote endpoints
    ///   share has no one inside endpoint for others.
    func check() throws(NAPTError) {
        if let filtering, filtering < mapping { throw .filterWiderThanMapping(filtering, mapping) }
        for limit in [destinationLimit, subscriberLimit] {
            if let limit, !(1...Int(Int32.max)).contains(limit) { throw .limitOutOfRange(limit) }
        }
        if let subscriberRate, !(1...65_000).contains(subscriberRate) { throw .limitOutOfRange(subscriberRate) }
    }
}

/// Why a translator can't be made, or a static mapping not be added.
public enum NAPTError: Error, Hashable, CustomStringConvertible {
    case filterWiderThanMapping(EndpointDependence, EndpointDependence)
    case limitOutOfRange(Int)
    case table(ConnectionTableError)
    case mappingRefused(Refusal)
    case mappingExists
    case notInPool

    public var description: String {
        switch self {
        case .filterWiderThanMapping(let filter, let mapping):
            "\(filter.rawValue) filtering needs mappings that depend on as little, not \(mapping.rawValue) ones"
        case .limitOutOfRange(let limit): "a limit of \(limit): give 1 to 2147483647, or 65000 for rates"
        case .table(let error): "\(error)"
        case .mappingRefused(let reason): "no static mapping: \(reason.rawValue)"
        case .mappingExists: "the inside or the outside endpoint has a mapping already"
        case .notInPool: "the outside address is not in the pool"
        }
    }
}
