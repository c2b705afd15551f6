/// What translators look at in a packet.
@frozen
public struct FlowPacket<Address: ConnectionAddress>: Hashable, Sendable {
    public var tuple: FiveTuple<Address>

    /// A TCP segment's flags; none for other protocols.
    public var flags: TCPFlags

    @inlinable
    public init(_ tuple: FiveTuple<Address>, _ flags: TCPFlags = []) {
        self.tuple = tuple
        self.flags = flags
    }

    /// The state that a connection starts in which the packet opens. A TCP packet that is not a SYN is taken for one of
    /// a connection that was there before.
    @inlinable
    func openingState(fromInside: Bool) -> TCPState {
        if tuple.ipProtocol != 6 { return .none }
        return mayOpen ? (fromInside ? .insideSYN : .outsideSYN) : .established
    }

    /// Whether the packet may open a connection: a SYN without ACK, or a packet of a protocol without handshake.
    @inlinable
    var mayOpen: Bool {
        tuple.ipProtocol != 6 || (flags.contains(.syn) && flags.isDisjoint(with: [.ack, .rst, .fin]))
    }
}

/// What becomes of a packet.
@frozen
public enum Verdict<Address: ConnectionAddress>: Hashable, Sendable {
    /// It goes on with this header; `isNew` where it has opened the connection.
    case forwarded(FiveTuple<Address>, isNew: Bool)
    /// It goes back to the side that it came from, with this header (RFC 4787 REQ-9).
    case hairpinned(FiveTuple<Address>, isNew: Bool)
    /// It is dropped. For a new flow: none that was there before is disturbed.
    case refused(Refusal)
    /// It is dropped, and a TCP reset answers it.
    case reset(Refusal)

    /// The header that the packet goes on with; nil where it does not.
    @inlinable
    public var tuple: FiveTuple<Address>? {
        switch self {
        case .forwarded(let tuple, _), .hairpinned(let tuple, _): tuple
        case .refused, .reset: nil
        }
    }

    /// Why the packet is dropped; nil where it goes on.
    @inlinable
    public var refusal: Refusal? {
        switch self {
        case .forwarded, .hairpinned: nil
        case .refused(let reason), .reset(let reason): reason
        }
    }
}

/// What becomes of an ICMP error: the packet that it quotes, as whoever gets the error sent it (RFC 5508 REQ-4).
@frozen
public struct RelatedError<Address: ConnectionAddress>: Hashable, Sendable {
    /// The quoted packet's header, translated back.
    public var embedded: FiveTuple<Address>

    @inlinable
    init(embedded: FiveTuple<Address>) { self.embedded = embedded }

    /// The error's own destination.
    @inlinable
    public var destination: Address { embedded.source }

    /// The source that an error takes which came from the host that the quoted packet was for.
    @inlinable
    public var source: Address { embedded.destination }
}
