import IPAddresses

/// The prefix that a node gets for its pods: a /80 of its subnet, assigned to its primary interface once, at bootstrap.
///
/// Source: Amazon EC2 User Guide, "Prefix delegation for Amazon EC2 network interfaces".
public enum NodePrefix {
    public static let length = 80

    /// The addresses of one: 2^48, so that addresses never limit how many pods a node runs.
    public static let addresses: UInt64 = 1 << 48

    /// The /80s of a block that hold none of the addresses and prefixes that are taken: what is left for nodes.
    ///
    /// A /64 has 65,536. AWS reserves a subnet's first four addresses and its last one, so that its first and its last
    /// /80 are never free.
    public static func free(in block: IPv6Prefix, taken: some Sequence<IPv6Prefix>) -> Int {
        guard block.length <= length else { return 0 }
        // More than an Int holds are as many as it holds.
        let count = length - block.length >= Int.bitWidth - 1 ? Int.max : 1 &<< (length - block.length)
        var used: Set<UInt128> = [block.first.bits &>> 48, block.last.bits &>> 48]
        for prefix in taken where prefix.overlaps(block) {
            // A larger prefix than a /80 is not one that EC2 assigns: it counts as its first /80.
            used.insert(prefix.first.bits &>> 48)
        }
        return max(0, count - used.count)
    }
}
