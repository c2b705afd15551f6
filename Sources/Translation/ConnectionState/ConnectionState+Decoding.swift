import IPAddresses

/// Why a state can't be read; nothing of it is used then.
public enum ConnectionStateError: Error, Hashable, CustomStringConvertible {
    /// Shorter than a header and an end, or cut off.
    case truncated(at: Int)
    case notAState
    case version(UInt16)
    /// From a table of the other family: the bytes of its addresses.
    case family(UInt8)
    case damaged
    /// A record that no table writes, though the checksum is right.
    case record(at: Int, String)

    public var description: String {
        switch self {
        case .truncated(let offset): "the state ends at byte \(offset), in the middle: it was not written to its end"
        case .notAState: "this is not a state of connections: it does not begin with DPCS"
        case .version(let version): "a state of version \(version); this program reads version 1"
        case .family(let bytes): "a state with addresses of \(bytes) bytes, of a table of the other family"
        case .damaged: "the state's checksum is wrong: it was changed after it was written"
        case .record(let offset, let reason): "the record at byte \(offset): \(reason)"
        }
    }
}

extension ConnectionState {
    /// Reads a whole state, after its length and its checksum have proved right.
    ///
    /// `body`: gets each record, in the order of the state.
    /// - Returns: the number of records.
    @discardableResult
    public static func read(_ bytes: Span<UInt8>, _ body: (ConnectionRecord<Address>) -> Void)
        throws(ConnectionStateError)
        -> Int
    {
        let count = try check(bytes)
        // All records are looked at before the first one is used.
        for number in 0..<count { _ = try record(bytes, at: headerBytes + number * recordBytes) }
        for number in 0..<count { body(try record(bytes, at: headerBytes + number * recordBytes)) }
        return count
    }

    /// Checks header, length and end.
    private static func check(_ bytes: Span<UInt8>) throws(ConnectionStateError) -> Int {
        guard bytes.count >= 4 else { throw .truncated(at: bytes.count) }
        for index in 0..<4 where bytes[index] != magic[index] { throw .notAState }
        guard bytes.count >= headerBytes + endBytes else { throw .truncated(at: bytes.count) }
        let version = UInt16(truncatingIfNeeded: number(bytes, at: 4, 2))
        guard version == Self.version else { throw .version(version) }
        guard Int(bytes[6]) == addressBytes else { throw .family(bytes[6]) }
        let (count, rest) = (bytes.count - headerBytes - endBytes).quotientAndRemainder(dividingBy: recordBytes)
        let end = bytes.count - endBytes
        guard rest == 0, bytes[end] == 0, number(bytes, at: end + 1, 8) == UInt64(count) else {
            throw .truncated(at: bytes.count)
        }
        var sum = Checksum()
        sum.add(bytes.extracting(0..<end + 9))
        guard number(bytes, at: end + 9, 8) == sum.value else { throw .damaged }
        return count
    }

    private static func record(_ bytes: Span<UInt8>, at start: Int) throws(ConnectionStateError) -> ConnectionRecord<
        Address
    > {
        guard bytes[start] == 1 else { throw .record(at: start, "kind of entry \(bytes[start]), not 1") }
        guard let kind = EntryKind(rawValue: bytes[start + 1]) else {
            throw .record(at: start, "kind \(bytes[start + 1]), not 0 to 2")
        }
        guard bytes[start + 2] < 16 else { throw .record(at: start, "state \(bytes[start + 2]), not 0 to 15") }
        guard bytes[start + 4] < 2 else { throw .record(at: start, "kept \(bytes[start + 4]), not 0 or 1") }
        let left = number(bytes, at: start + 10, 8)
        guard left == .max || left <= Lifetime.seconds(8_640_000).nanoseconds + 1 << 24 else {
            throw .record(at: start, "\(left) ns left, more than 100 days")
        }
        let original = tuple(bytes, at: start + 18, bytes[start + 5])
        let reply = tuple(bytes, at: start + 18 + 2 * addressBytes + 4, bytes[start + 5])
        return ConnectionRecord(
            original: original, reply: reply, kind: kind, state: bytes[start + 2],
            flags: ConnectionFlags(rawValue: bytes[start + 3]),
            tag: UInt32(truncatingIfNeeded: number(bytes, at: start + 6, 4)),
            left: left == .max ? nil : Lifetime(nanoseconds: left), isKept: bytes[start + 4] == 1)
    }

    private static func tuple(_ bytes: Span<UInt8>, at start: Int, _ ipProtocol: UInt8) -> FiveTuple<Address> {
        FiveTuple(
            from: address(bytes, at: start), port(bytes, at: start + 2 * addressBytes),
            to: address(bytes, at: start + addressBytes), port(bytes, at: start + 2 * addressBytes + 2),
            protocol: ipProtocol)
    }

    private static func address(_ bytes: Span<UInt8>, at start: Int) -> Address {
        var bits: Address.Bits = 0
        for index in (0..<addressBytes).reversed() { bits = bits << 8 | Address.Bits(bytes[start + index]) }
        return Address(bits: bits)
    }

    private static func port(_ bytes: Span<UInt8>, at start: Int) -> UInt16 {
        UInt16(truncatingIfNeeded: number(bytes, at: start, 2))
    }

    private static func number(_ bytes: Span<UInt8>, at start: Int, _ count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64($1 * 8) }
    }
}
