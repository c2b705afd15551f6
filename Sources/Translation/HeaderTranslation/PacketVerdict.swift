/// What becomes of a packet in its buffer.
@frozen
public enum PacketVerdict: Hashable, Sendable {
    /// It goes on, rewritten in place; `isNew` where it has opened a connection.
    case forwarded(TranslatedPacket, to: Side, isNew: Bool)
    /// It is a fragment that waits for its first one.
    case held
    /// It is dropped, as it was.
    case refused(PacketRefusal)

    /// Which side a packet goes on to.
    @frozen
    public enum Side: String, Hashable, Sendable, CaseIterable {
        case inside, outside
    }

    @inlinable
    public var refusal: PacketRefusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }
}
