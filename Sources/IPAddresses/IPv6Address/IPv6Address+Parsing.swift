extension IPv6Address {
    /// Parses the three forms of RFC 4291 2.2: eight groups, "::", and an IPv4 address as the last 32 bits.
    public init(parsing utf8: Span<UInt8>) throws(AddressParseError) {
        if let address = Self.parseGroups(utf8.bytes) {
            self = address
        } else {
            try self.init(parsingByteByByte: utf8)
        }
    }

    /// A group at a time. Knows only the common forms: nil where there is an IPv4 part or a fault.
    @inline(__always)
    private static func parseGroups(_ bytes: RawSpan) -> IPv6Address? {
        let text = TextTail(bytes)
        let end = bytes.byteCount
        var high: UInt64 = 0
        var low: UInt64 = 0
        var groups = 0
        var compression = -1
        var index = 0
        if text.load(bytes, at: 0) & 0xFFFF == 0x3A3A {
            compression = 0
            index = 2
        }
        while index < end {
            let word = text.load(bytes, at: index)
            let digits = word.leadingHexadecimalDigits
            if digits == 0 || digits > 4 || groups == 8 { return nil }
            high = high &<< 16 | low &>> 48
            low = low &<< 16 | word.hexadecimal(digits)
            groups &+= 1
            index &+= digits
            if index == end { break }
            let behind = word &>> UInt64(truncatingIfNeeded: 8 &* digits)
            if behind & 0xFF != 0x3A { return nil }
            index &+= 1
            if index == end { return nil }
            if behind & 0xFF00 == 0x3A00 {
                if compression >= 0 { return nil }
                compression = groups
                index &+= 1
            }
        }
        if compression < 0 { return groups == 8 && end > 0 ? IPv6Address(high: high, low: low) : nil }
        if groups == 8 { return nil }
        return IPv6Address(bits: expand(UInt128(high) &<< 64 | UInt128(low), before: compression, groups: groups))
    }

    /// Parses the whole of `text`; nil where it is not one.
    public init?(_ text: String) {
        // Without the error that the default would make and drop.
        var text = text
        let address = text.withUTF8 { bytes -> Self? in
            let fast = Self.parseGroups(bytes.span.bytes)
            return fast ?? (try? Self(parsingByteByByte: bytes.span))
        }
        guard let address else { return nil }
        self = address
    }

    /// Byte by byte: slower, knows all forms, and finds the fault's place.
    package init(parsingByteByByte utf8: Span<UInt8>) throws(AddressParseError) {
        let end = utf8.count
        if end == 0 { throw .init(.empty, at: 0) }
        var high: UInt64 = 0
        var low: UInt64 = 0
        var groups = 0
        var compression = -1  // how many groups stand before "::"
        var index = 0
        if utf8[0] == 0x3A {
            if end == 1 || utf8[1] != 0x3A { throw .init(.danglingColon, at: 0) }
            compression = 0
            index = 2
        }
        while index < end {
            let first = index
            var group: UInt64 = 0
            while index < end, let digit = Self.hexadecimalDigit(utf8[index]) {
                group = group &<< 4 | digit
                index &+= 1
            }
            let byte: UInt8? = index < end ? utf8[index] : nil
            if byte == 0x2E {
                if groups > 6 { throw .init(.tooManyGroups, at: first) }
                let embedded = UInt64(try IPv4Address.parse(utf8, from: first))
                high = high &<< 32 | low &>> 32
                low = low &<< 32 | embedded
                groups &+= 2
                break
            }
            if index == first { throw .init(Self.fault(byte), at: index) }
            if index &- first > 4 { throw .init(.groupTooLong, at: first) }
            if groups == 8 { throw .init(.tooManyGroups, at: first) }
            high = high &<< 16 | low &>> 48
            low = low &<< 16 | group
            groups &+= 1
            guard let byte else { break }
            if byte != 0x3A { throw .init(Self.fault(byte), at: index) }
            index &+= 1
            if index == end { throw .init(.danglingColon, at: index &- 1) }
            if utf8[index] == 0x3A {
                if compression >= 0 { throw .init(.secondCompression, at: index &- 1) }
                compression = groups
                index &+= 1
            }
        }
        if compression < 0 {
            if groups < 8 { throw .init(.tooFewGroups, at: end) }
            self.init(high: high, low: low)
            return
        }
        if groups == 8 { throw .init(.uselessCompression, at: end) }
        self.init(bits: Self.expand(UInt128(high) &<< 64 | UInt128(low), before: compression, groups: groups))
    }

    /// Moves the groups before "::" to the top, and leaves those after it at the bottom.
    private static func expand(_ bits: UInt128, before: Int, groups: Int) -> UInt128 {
        let behind = UInt128(truncatingIfNeeded: 16 &* (groups &- before))
        let low = bits & ~(~0 &<< behind)
        if before == 0 { return low }
        return (bits &>> behind) &<< UInt128(truncatingIfNeeded: 128 &- 16 &* before) | low
    }

    @inline(__always)
    private static func hexadecimalDigit(_ byte: UInt8) -> UInt64? {
        let decimal = byte &- 0x30
        if decimal < 10 { return UInt64(decimal) }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 ? UInt64(letter &+ 10) : nil
    }

    private static func fault(_ byte: UInt8?) -> AddressParseError.Reason {
        switch byte {
        case nil: .tooFewGroups
        case 0x25: .zone
        case let byte?: .unexpectedCharacter(byte)
        }
    }
}
