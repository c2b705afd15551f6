extension IPv4Header {
    /// Whether the options hold a source route that is not yet used up (RFC 791 3.1): its pointer is within its length.
    ///
    /// Options that are malformed end the walk, as routers do that do not look at them.
    @inlinable
    public func hasUnexpiredSourceRoute(_ bytes: borrowing RawSpan, at start: Int) -> Bool {
        if headerLength <= Self.length { return false }
        let end = start &+ headerLength
        var offset = start &+ Self.length
        while offset < end {
            let kind = bytes.uint8(at: offset)
            if kind == 0 { return false }
            if kind == 1 {
                offset &+= 1
                continue
            }
            guard end &- offset >= 2 else { return false }
            let length = Int(bytes.uint8(at: offset &+ 1))
            guard length >= 2, offset &+ length <= end else { return false }
            // Loose and strict source and record route.
            if kind == 131 || kind == 137, length >= 3, Int(bytes.uint8(at: offset &+ 2)) <= length { return true }
            offset &+= length
        }
        return false
    }
}
