extension CaptureReader where Source: ~Copyable {
    /// Reads the next record of pcap.
    ///
    ///     | seconds | fraction | captured length | original length | packet |
    mutating func nextRecord(_ buffer: inout [UInt8], _ offset: Int, _ tailroom: Int) throws(CaptureError)
        -> CaptureRecord?
    {
        if try input.isAtEnd() { return nil }
        begin()
        guard try input.fill(16) else { throw truncated(needs: 16, isPacket: true) }
        let seconds = UInt64(input.uint32(0, isSwapped: isSwapped))
        let fraction = UInt64(input.uint32(4, isSwapped: isSwapped))
        let length = Int(input.uint32(8, isSwapped: isSwapped))
        let originalLength = Int(input.uint32(12, isSwapped: isSwapped))
        guard length <= Magic.mostBytes else { throw .length(place(isPacket: true), UInt64(length)) }
        guard try input.fill(16 + length) else { throw truncated(needs: 16 + length, isPacket: true) }
        if LinkLayer(linkType) == nil { throw .linkType(linkType) }
        input.skip(16)
        return take(
            length, &buffer, offset, tailroom, time: seconds * 1_000_000_000 + fraction * nanosecondsPerUnit,
            Interface(linkType: linkType, snapshotLength: 0), originalLength)
    }

    mutating func begin() {
        records += 1
        recordStart = input.position
    }

    /// Where the record is that is being read.
    func place(isPacket: Bool) -> CapturePlace {
        CapturePlace(record: records, packet: isPacket ? packets + 1 : nil, offset: recordStart)
    }

    func truncated(needs: Int, isPacket: Bool) -> CaptureError {
        .truncated(place(isPacket: isPacket), needs: needs, has: input.available)
    }
}
