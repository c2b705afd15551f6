/// The sizes of a benchmark's packets, in bytes, IP header included.
enum PacketSizes: String, CaseIterable {
    /// The smallest Ethernet frames: 64 bytes with the frame's header and checksum, 46 of IP; IPv6 with UDP and a payload
    /// takes 60, as VPP's 78-byte frames have it.
    case small = "64-byte"
    /// Seven small ones, four of 576 bytes and one of 1500: the simple IMIX.
    case imix = "IMIX"

    func length(_ index: Int, smallest: Int) -> Int {
        switch self {
        case .small: smallest
        case .imix:
            switch index % 12 {
            case 3, 6, 8, 10: 576
            case 11: 1500
            default: smallest
            }
        }
    }
}
