extension DNSMessage {
    /// The message's bytes; owners' names are compressed.
    ///
    /// - Throws: where it is longer than messages may be.
    public func encoded() throws(DNSError) -> [UInt8] {
        var writer = DNSWriter()
        writer.add(id)
        writer.add(flags.rawValue | UInt16(operationCode & 15) << 11 | UInt16(responseCode.rawValue & 15))
        for count in [questions.count, answers.count, authority.count, additional.count] {
            guard let count = UInt16(exactly: count) else { throw .tooLong }
            writer.add(count)
        }
        for question in questions {
            writer.add(question.name)
            writer.add(question.type.rawValue)
            writer.add(question.recordClass)
        }
        for record in answers + authority + additional { try writer.add(record) }
        guard writer.bytes.count <= 0xFFFF else { throw .tooLong }
        return writer.bytes
    }

    /// The same, of at most `limit` bytes: where it would be longer, records are left out, and it says that it is
    /// truncated (RFC 2181 9).
    public func encoded(limit: Int) throws(DNSError) -> [UInt8] {
        let whole = try encoded()
        if whole.count <= limit { return whole }
        var short = self
        short.flags.insert(.truncated)
        short.answers = []
        short.authority = []
        short.additional = additional.filter { $0.type == .opt }
        return try short.encoded()
    }
}

/// Writes a message's fields.
struct DNSWriter {
    private(set) var bytes: [UInt8] = []

    /// Where names, and the ends of names, are already.
    private var places: [DNSName: UInt16] = [:]

    mutating func add(_ value: UInt16) { bytes += [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)] }

    mutating func add(_ value: UInt32) {
        add(UInt16(value >> 16))
        add(UInt16(truncatingIfNeeded: value))
    }

    /// A name, by a pointer where it or its end is there already.
    mutating func add(_ name: DNSName) {
        for index in name.labels.indices {
            let rest = DNSName(unchecked: Array(name.labels[index...]))
            if let place = places[rest] {
                add(0xC000 | place)
                return
            }
            // What comes after is out of a pointer's reach.
            if bytes.count < 0x4000 { places[rest] = UInt16(bytes.count) }
            bytes.append(UInt8(name.labels[index].count))
            bytes += name.labels[index]
        }
        bytes.append(0)
    }

    mutating func add(_ record: DNSRecord) throws(DNSError) {
        guard let length = UInt16(exactly: record.data.count) else { throw .tooLong }
        add(record.name)
        add(record.type.rawValue)
        add(record.recordClass)
        add(record.timeToLive)
        add(length)
        bytes += record.data
    }

    /// A name written out.
    static func append(_ name: DNSName, to data: inout [UInt8]) {
        for label in name.labels {
            data.append(UInt8(label.count))
            data += label
        }
        data.append(0)
    }
}
