import IPAddresses

/// The connections of a table as bytes, to keep them over a restart.
///
///     header  | "DPCS" | version u16 | bytes of an address u8 (4 or 16) | 0 |
///     record  | 1 | kind u8 | state u8 | flags u8 | kept u8 | protocol u8 | tag u32 | nanoseconds left u64, all ones: for ever |
///             | original: source, destination, ports u16 u16 | reply: the same |
///     end     | 0 | number of records u64 | FNV-1a of all before u64 |
///
/// All numbers are little-endian, addresses the numbers that they are. Without an end that fits nothing is read, so that
/// what was cut off is told from what is whole.
public enum ConnectionState<Address: ConnectionAddress> {
    /// The version that is written, and the only one that is read.
    public static var version: UInt16 { 1 }

    static var addressBytes: Int { Address.bitWidth / 8 }
    static var recordBytes: Int { 18 + 2 * (2 * addressBytes + 4) }
    static var headerBytes: Int { 8 }
    static var endBytes: Int { 17 }
    static var magic: [UInt8] { Array("DPCS".utf8) }

    /// Writes the connections that are there throughout; the table may be in use.
    ///
    /// `write`: gets the bytes, some 64 KB at a time; what it throws ends the export.
    /// - Returns: the number of records.
    @discardableResult
    public static func export<Failure: Error>(
        _ table: ConnectionTable<Address>, now: MonotonicTime, _ write: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) -> Int {
        var encoder = Encoder()
        encoder.append(magic)
        encoder.append(version, 2)
        encoder.append(UInt8(addressBytes), 1)
        encoder.append(UInt8(0), 1)
        var count = 0
        var failure: Failure?
        table.forEachRecord(now: now) { record in
            if failure != nil { return }
            encoder.append(record)
            count += 1
            if encoder.bytes.count < 65_536 { return }
            do throws(Failure) { try write(encoder.take()) } catch { failure = error }
        }
        if let failure { throw failure }
        encoder.append(UInt8(0), 1)
        encoder.append(UInt64(count), 8)
        let sum = encoder.sum.value
        encoder.append(sum, 8)
        try write(encoder.take())
        return count
    }

    private struct Encoder {
        var bytes: [UInt8] = []
        var sum = Checksum()

        mutating func take() -> [UInt8] {
            defer { bytes.removeAll(keepingCapacity: true) }
            return bytes
        }

        mutating func append(_ added: [UInt8]) {
            bytes += added
            sum.add(added.span)
        }

        mutating func append(_ value: some FixedWidthInteger, _ count: Int) {
            append((0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) })
        }

        mutating func append(_ record: ConnectionRecord<Address>) {
            for byte in [
                1, record.kind.rawValue, record.state, record.flags.rawValue, record.isKept ? 1 : 0,
                record.original.ipProtocol,
            ] {
                append(byte, 1)
            }
            append(record.tag, 4)
            append(record.left?.nanoseconds ?? .max, 8)
            for tuple in [record.original, record.reply] {
                append(tuple.source.bits, addressBytes)
                append(tuple.destination.bits, addressBytes)
                append(tuple.sourcePort, 2)
                append(tuple.destinationPort, 2)
            }
        }
    }
}

/// FNV-1a, 64 bits.
struct Checksum {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: Span<UInt8>) {
        for index in bytes.indices { value = (value ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
    }
}
