import Packets

extension CaptureReader where Source: ~Copyable {
    /// Copies a packet out, if its link layer is read; uses its bytes up either way.
    mutating func take(
        _ length: Int, _ buffer: inout [UInt8], _ offset: Int, _ tailroom: Int, time: UInt64, _ interface: Interface,
        _ originalLength: Int
    ) -> CaptureRecord {
        packets += 1
        var (length, originalLength) = (length, max(length, originalLength))
        let linkType: LinkHeader.LinkType
        switch LinkLayer(interface.linkType) {
        case .header(let type): linkType = type
        case .loopback:
            guard length >= LinkLayer.familyLength else {
                return pass(over: length, .truncated, time, interface, originalLength)
            }
            let family = input.uint32(0, isSwapped: false)
            if !LinkLayer.isIP(family: family) {
                return pass(over: length, .family(family), time, interface, originalLength)
            }
            // What comes after the family is IP, and that is what is handed on.
            input.skip(LinkLayer.familyLength)
            length -= LinkLayer.familyLength
            originalLength -= LinkLayer.familyLength
            linkType = .raw
        case nil:
            if unread.first == nil { unread.first = interface.linkType }
            return pass(over: length, .linkType(interface.linkType), time, interface, originalLength)
        }
        let needed = offset + length + tailroom
        if buffer.count < needed { buffer += [UInt8](repeating: 0, count: needed - buffer.count) }
        input.copy(length, to: &buffer, at: offset)
        input.skip(length)
        return .packet(
            CapturedPacket(
                time: time, linkType: linkType, originalLength: originalLength, range: offset..<offset + length))
    }

    private mutating func pass(
        over length: Int, _ reason: UnreadPacket.Reason, _ time: UInt64, _ interface: Interface, _ originalLength: Int
    ) -> CaptureRecord {
        input.skip(length)
        return .unread(
            UnreadPacket(
                time: time, originalLength: originalLength, interface: interface.number, reason: reason))
    }
}
