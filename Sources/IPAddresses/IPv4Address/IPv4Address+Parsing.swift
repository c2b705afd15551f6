extension IPv4Address {
    /// Parses dotted decimal: four octets of 0 to 255 without leading zeros (RFC 6943 3.1.1, "strict").
    public init(parsing utf8: Span<UInt8>) throws(AddressParseError) {
        if utf8.count <= 15, let address = Self.parseOctets(utf8.bytes) {
            self = address
        } else {
            try self.init(parsingByteByByte: utf8)
        }
    }

    /// Parses the whole of `text`; nil where it is not one.
    public init?(_ text: String) {
        // Without the error that the default would make and drop.
        var text = text
        let address = text.withUTF8 { bytes -> Self? in
            let fast = bytes.count <= 15 ? Self.parseOctets(bytes.span.bytes) : nil
            return fast ?? (try? Self(parsingByteByByte: bytes.span))
        }
        guard let address else { return nil }
        self = address
    }

    /// Byte by byte: slower, and finds the fault's place.
    package init(parsingByteByByte utf8: Span<UInt8>) throws(AddressParseError) { bits = try Self.parse(utf8, from: 0) }

    /// An octet at a time, without a branch on how many digits it has; nil where there is a fault.
    @inline(__always)
    private static func parseOctets(_ bytes: RawSpan) -> IPv4Address? {
        // All of the text, the first byte lowest: at most 15 bytes, so that zeros follow.
        let text = TextTail(bytes)
        let behind = bytes.byteCount > 8 ? text.load(bytes, at: 8) : 0
        var rest = UInt128(behind) &<< 64 | UInt128(text.load(bytes, at: 0))
        var bits: UInt64 = 0
        var fault = false
        var taken = 0
        for octet in 0..<4 {
            let word = UInt64(truncatingIfNeeded: rest)
            let digits = word.leadingDecimalDigits
            // 4 digits and more make a shift of their own, which the check refuses.
            let digitsOnly = word &<< UInt64(truncatingIfNeeded: 8 &* (3 &- digits)) & 0x0F0F0F
            let value = (digitsOnly & 0xF) &* 100 &+ (digitsOnly &>> 8 & 0xF) &* 10 &+ (digitsOnly &>> 16 & 0xF)
            bits = bits &<< 8 | value
            fault = fault || digits == 0 || digits > 3 || value > 255 || (digits > 1 && word & 0xF == 0)
            rest = rest &>> UInt128(truncatingIfNeeded: 8 &* digits)
            fault = fault || UInt8(truncatingIfNeeded: rest) != (octet < 3 ? 0x2E : 0)
            rest = rest &>> 8
            taken &+= digits &+ 1
        }
        // A zero byte in the text looks like its end: the count tells them apart.
        return fault || taken != bytes.byteCount &+ 1 ? nil : IPv4Address(bits: UInt32(truncatingIfNeeded: bits))
    }

    /// Parses the text from `start` to its end; positions in errors count from the text's beginning.
    static func parse(_ utf8: Span<UInt8>, from start: Int) throws(AddressParseError) -> UInt32 {
        let end = utf8.count
        if start == end { throw .init(.empty, at: start) }
        var bits: UInt32 = 0
        var index = start
        var octets = 0
        while true {
            let first = index
            var octet: UInt32 = 0
            while index < end {
                let digit = utf8[index] &- 0x30
                if digit > 9 { break }
                // A second digit after a zero.
                if octet == 0, index > first { throw .init(.leadingZero, at: first) }
                octet = octet &* 10 &+ UInt32(digit)
                if octet > 255 { throw .init(.octetOutOfRange, at: first) }
                index &+= 1
            }
            if index == first {
                throw index == end
                    ? .init(.tooFewOctets, at: index) : .init(.unexpectedCharacter(utf8[index]), at: index)
            }
            bits = bits &<< 8 | octet
            octets &+= 1
            if index == end { break }
            if utf8[index] != 0x2E {
                throw .init(utf8[index] == 0x25 ? .zone : .unexpectedCharacter(utf8[index]), at: index)
            }
            if octets == 4 { throw .init(.tooManyOctets, at: index) }
            index &+= 1
        }
        if octets < 4 { throw .init(.tooFewOctets, at: end) }
        return bits
    }
}
