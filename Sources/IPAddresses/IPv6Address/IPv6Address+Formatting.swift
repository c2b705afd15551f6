extension IPv6Address: CustomStringConvertible {
    /// The canonical form of RFC 5952, with the IPv4 part of ::ffff:0:0/96 in dotted decimal (section 5).
    public var description: String { ASCIIWriter.text { $0.write(self) } }

    /// The run of zero groups that "::" replaces: the longest one of two or more, the first of equals (RFC 5952 4.2).
    fileprivate var compression: (start: Int, end: Int) {
        var zeros: UInt8 = 0  // bit 7 is the first group
        var rest = bits
        for index in 0..<8 {
            if UInt16(truncatingIfNeeded: rest) == 0 { zeros |= 1 &<< UInt8(truncatingIfNeeded: index) }
            rest = rest &>> 16
        }
        // Each step keeps the groups that start a run one longer.
        var starts = zeros & zeros &<< 1
        if starts == 0 { return (8, 8) }
        var length = 2
        while true {
            let longer = starts & zeros &<< UInt8(truncatingIfNeeded: length)
            if longer == 0 { break }
            starts = longer
            length &+= 1
            if length == 8 { break }
        }
        let start = starts.leadingZeroBitCount
        return (start, start &+ length)
    }
}

extension ASCIIWriter {
    mutating func write(_ address: IPv6Address) {
        if address.bits &>> 32 == 0xFFFF {
            for byte in "::ffff:".utf8 { write(byte) }
            write(IPv4Address(bits: UInt32(truncatingIfNeeded: address.bits)))
            return
        }
        let run = address.compression
        var index = 0
        while index < 8 {
            if index == run.start {
                write(0x3A)
                write(0x3A)
                index = run.end
                continue
            }
            if index != 0, index != run.end { write(0x3A) }
            writeHexadecimal(
                UInt16(truncatingIfNeeded: address.bits &>> UInt128(truncatingIfNeeded: 112 &- 16 &* index)))
            index &+= 1
        }
    }
}
