extension CaptureReader where Source: ~Copyable {
    /// Reads blocks up to a packet's.
    ///
    ///     | type | total length | body, padded to 4 bytes | total length |
    mutating func nextBlock(_ buffer: inout [UInt8], _ offset: Int, _ tailroom: Int) throws(CaptureError)
        -> CaptureRecord?
    {
        while true {
            if try input.isAtEnd() { return nil }
            begin()
            guard try input.fill(12) else {
                // Four bytes show which kind it is.
                let isOther = input.available >= 4 && !Self.isPacket(input.uint32(0, isSwapped: isSwapped))
                throw truncated(needs: 12, isPacket: !isOther)
            }
            let type = input.uint32(0, isSwapped: isSwapped)
            if type == Magic.section { try beginSection() }
            let length = Int(input.uint32(4, isSwapped: isSwapped))
            guard length >= 12, length % 4 == 0, length <= Magic.mostBytes else { throw wrongLength(length, type) }
            guard try input.fill(length) else { throw truncated(needs: length, isPacket: Self.isPacket(type)) }
            switch type {
            case Magic.interface: try addInterface(length)
            case Magic.enhancedPacket:
                guard length >= 32 else { throw wrongLength(length, type) }
                return try packet(length, input.uint32(8, isSwapped: isSwapped), &buffer, offset, tailroom)
            case Magic.obsoletePacket:
                guard length >= 32 else { throw wrongLength(length, type) }
                let interface = UInt32(input.uint16(8, isSwapped: isSwapped))
                return try packet(length, interface, &buffer, offset, tailroom)
            case Magic.simplePacket:
                guard length >= 16 else { throw wrongLength(length, type) }
                return try simplePacket(length, &buffer, offset, tailroom)
            default: break
            }
            input.skip(length)
        }
    }

    private static func isPacket(_ type: UInt32) -> Bool {
        type == Magic.enhancedPacket || type == Magic.obsoletePacket || type == Magic.simplePacket
    }

    private func wrongLength(_ length: Int, _ type: UInt32) -> CaptureError {
        .length(place(isPacket: Self.isPacket(type)), UInt64(length))
    }

    /// A section has a byte order and interfaces of its own.
    private mutating func beginSection() throws(CaptureError) {
        let order = input.uint32(8, isSwapped: false)
        guard order == Magic.byteOrder || order.byteSwapped == Magic.byteOrder else {
            throw .byteOrder(place(isPacket: false), order)
        }
        isSwapped = order != Magic.byteOrder
        interfaces.removeAll()
    }

    private mutating func addInterface(_ length: Int) throws(CaptureError) {
        guard length >= 20, interfaces.count < 4096 else { throw wrongLength(length, Magic.interface) }
        var interface = Interface(
            number: interfaces.count, linkType: input.uint16(8, isSwapped: isSwapped),
            snapshotLength: Int(input.uint32(12, isSwapped: isSwapped)))
        var option = 16
        while option + 4 <= length - 4 {
            let code = input.uint16(option, isSwapped: isSwapped)
            let count = Int(input.uint16(option + 2, isSwapped: isSwapped))
            if code == 0 || option + 4 + count > length - 4 { break }
            // if_tsresol and if_tsoffset.
            if code == 9, count >= 1 {
                let value = input.uint8(option + 4)
                interface.unitsPerSecond = Self.resolution(value)
            } else if code == 14, count >= 8 {
                let high = UInt64(input.uint32(option + (isSwapped ? 4 : 8), isSwapped: isSwapped))
                let low = UInt64(input.uint32(option + (isSwapped ? 8 : 4), isSwapped: isSwapped))
                interface.offset = Int64(bitPattern: high << 32 | low)
            }
            option += 4 + (count + 3) / 4 * 4
        }
        if LinkLayer(interface.linkType) != nil { unread.hasReadable = true }
        interfaces.append(interface)
    }

    /// Units in a second: 2 to the seven lower bits, or 10 to them; at most 10^18 and 2^62.
    private static func resolution(_ value: UInt8) -> UInt64 {
        let exponent = Int(value & 0x7F)
        if value & 0x80 != 0 { return 1 << UInt64(min(exponent, 62)) }
        return (0..<min(exponent, 18)).reduce(1) { product, _ in product * 10 }
    }

    private mutating func packet(
        _ block: Int, _ number: UInt32, _ buffer: inout [UInt8], _ offset: Int, _ tailroom: Int
    ) throws(CaptureError) -> CaptureRecord {
        // In both kinds of packet blocks.
        let header = 28
        guard let interface = interface(number) else { throw .unknownInterface(place(isPacket: true), number) }
        let high = UInt64(input.uint32(12, isSwapped: isSwapped))
        let units = high << 32 | UInt64(input.uint32(16, isSwapped: isSwapped))
        let length = Int(input.uint32(20, isSwapped: isSwapped))
        let originalLength = Int(input.uint32(24, isSwapped: isSwapped))
        guard header + length + 4 <= block else { throw .length(place(isPacket: true), UInt64(length)) }
        let (seconds, rest) = units.quotientAndRemainder(dividingBy: interface.unitsPerSecond)
        let fraction = rest.multipliedFullWidth(by: 1_000_000_000)
        let nanoseconds = interface.unitsPerSecond.dividingFullWidth(fraction).quotient
        let whole = seconds &+ UInt64(bitPattern: interface.offset)
        input.skip(header)
        let packet = take(
            length, &buffer, offset, tailroom, time: whole &* 1_000_000_000 &+ nanoseconds, interface, originalLength)
        input.skip(block - header - length)
        return packet
    }

    /// A packet without a time: it counts as of time 0, which a reader takes for no later than the one before.
    private mutating func simplePacket(_ block: Int, _ buffer: inout [UInt8], _ offset: Int, _ tailroom: Int)
        throws(CaptureError) -> CaptureRecord
    {
        guard let interface = interface(0) else { throw .unknownInterface(place(isPacket: true), 0) }
        let originalLength = Int(input.uint32(8, isSwapped: isSwapped))
        var length = min(originalLength, block - 16)
        if interface.snapshotLength > 0 { length = min(length, interface.snapshotLength) }
        input.skip(12)
        let packet = take(length, &buffer, offset, tailroom, time: 0, interface, originalLength)
        input.skip(block - 12 - length)
        return packet
    }

    private func interface(_ number: UInt32) -> Interface? {
        number < UInt32(interfaces.count) ? interfaces[Int(number)] : nil
    }
}
