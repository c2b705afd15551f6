extension IPv4Address {
    /// Parses dotted decimal: four octets of 0 to 255 without leading zeros (RFC 6943 3.1.1, "strict").
    public init(parsing utf8: Span<UInt8>) throws(AddressParseError) {
        if utf8.count <= 15, let address = Self.parseOctets(utf8.bytes) {
            self = address
        } else {
            try self.init(parsingByteByByte: utf8)
        }
    }

    /// Byte by byte: slower, and finds the fault's place.
    package init(parsingByteByByte utf8: Span<UInt8>) throws(AddressParseError) { bits = try Self.parse(utf8, from: 0) }

    /// An octet at a time, without a branch on how many digits it has; nil where there is a fault.
    @inline(__always)
    private static func parseOctets(_ bytes: RawSpan) -> IPv4Address? {
        let text = TextTail(bytes)
        let end = bytes.byteCount
        var bits: UInt64 = 0
        var index = 0
        var fault = false
        for octet in 0..<4 {
            let word = text.load(bytes, at: Swift.min(index, end))
            let digits = word.leadingDecimalDigits
            // 4 digits and more shift by a multiple of 2^64 that is not zero, which the check refuses.
            let digitsOnly = word &<< UInt64(truncatingIfNeeded: 8 &* (3 &- digits)) & 0x0F0F0F
            let value = (digitsOnly & 0xF) &* 100 &+ (digitsOnly &>> 8 & 0xF) &* 10 &+ (digitsOnly &>> 16 & 0xF)
            bits = bits &<< 8 | value
            let behind = UInt8(truncatingIfNeeded: word &>> UInt64(truncatingIfNeeded: 8 &* digits))
            fault = fault || digits == 0 || digits > 3 || value > 255 || (digits > 1 && word & 0xF == 0)
            fault = fault || behind != (octet < 3 ? 0x2E : 0)
            index &+= (digits & 3) &+ 1
        }
        return fault || index != end &+ 1 ? nil : IPv4Address(bits: UInt32(truncatingIfNeeded: bits))
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
                // A second digit behind a zero.
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
