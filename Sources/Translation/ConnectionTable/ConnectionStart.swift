/// How an attempt to open a connection ended.
public enum OpenResult: Hashable, Sendable {
    /// There is a new connection.
    case opened(ConnectionMatch)
    /// There was one already: for the packet's tuple, in the direction of the match.
    case existing(ConnectionMatch)
    case refused(Refusal)
}

/// What a new connection starts with.
@frozen
public struct ConnectionStart: Sendable {
    @usableFromInline var kind: UInt8
    @usableFromInline var state: UInt8
    @usableFromInline var flags: UInt8
    @usableFromInline var tag: UInt32
    @usableFromInline var lifetime: Lifetime
    @usableFromInline var parent: UInt32

    /// - `state`: 0 to 15, the translator's own.
    /// - `lifetime`: how long it lives without a refresh; nil for ever.
    /// - `isKept`: it goes when the last one that keeps it lets go, which opening it counts as one; the deadline that the
    ///     lifetime gives it only says whether it still counts.
    /// - `tag`: the translator's own.
    /// - `parent`: the mapping that the connection keeps alive, as ``ConnectionTable/retain(_:)`` has made sure of. Where
    ///     no connection comes of it, the caller releases it.
    @inlinable
    public init(
        kind: EntryKind = .session, state: UInt8 = 0, flags: ConnectionFlags = [], tag: UInt32 = 0, lifetime: Lifetime?,
        isKept: Bool = false, parent: ConnectionMatch? = nil
    ) {
        self.kind = kind.rawValue
        self.state = state
        self.flags = flags.rawValue | (lifetime == nil ? 0b10 : 0) | (isKept ? 0x80 : 0)
        self.tag = tag
        self.lifetime = lifetime ?? .seconds(0)
        self.parent = parent?.index ?? ConnectionMemory.none
    }
}
