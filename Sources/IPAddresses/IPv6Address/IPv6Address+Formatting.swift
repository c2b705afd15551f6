extension IPv6Address: CustomStringConvertible {
    /// The canonical form of RFC 5952, with the IPv4 part of ::ffff:0:0/96 in dotted decimal (section 5).
    public var description: String { ASCIIWriter.text { $0.write(self) } }

    /// The run of zero groups that "::" replaces: the longest one of two or more, the first of equals (RFC 5952 4.2).
    fileprivate var compression: (start: Int, end: Int) {
        let zeros = Self.zeroGroups(high) &<< 4 | Self.zeroGroups(low)  // bit 7 is the first group
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

    /// A bit for each of four groups, set where the group is zero; bit 3 is the first group.
    private static func zeroGroups(_ groups: UInt64) -> UInt8 {
        let low: UInt64 = 0x7FFF_7FFF_7FFF_7FFF
        // The top bit of a group stays clear only where all its bits are.
        let zeros = ~((groups & low) &+ low | groups | low)
        return UInt8(truncatingIfNeeded: zeros &>> 15 & 1 | zeros &>> 30 & 2 | zeros &>> 45 & 4 | zeros &>> 60 & 8)
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
        let (high, low) = (address.high, address.low)
        var index = 0
        while index < 8 {
            if index == run.start {
                writePair(0x3A3A)
                index = run.end
                continue
            }
            if index != 0, index != run.end { write(0x3A) }
            let half = index < 4 ? high : low
            writeHexadecimal(UInt16(truncatingIfNeeded: half &>> UInt64(truncatingIfNeeded: 48 &- 16 &* (index & 3))))
            index &+= 1
        }
    }
}
