import IPAddresses
import Packets
import PrefixTrie

/// Routes of the gateway's own: which device a translated packet is written to, by its destination's longest prefix.
///
/// Compiled into forwarding tables, so that a full table of the internet costs a batch's lookup, and no more.
public final class GatewayRoutes: Sendable {
    private let ipv4: ForwardingTable<IPv4Address>
    private let ipv6: ForwardingTable<IPv6Address>

    /// The devices that routes name, in the order of their next hops.
    public let devices: [String]

    /// What stands for packets to be dropped.
    public static let blackhole = "blackhole"

    /// The next hop of packets that are dropped: a route says so, or there is none.
    static let drop = UInt16.max

    /// Compiles routes: prefixes, and the device of each or ``blackhole``. `device`: where routes without one lead.
    ///
    /// - Throws: `ForwardingTableError` where there are more devices than next hops.
    public init(_ routes: [(prefix: IPPrefix, device: String)], device: String) throws(ForwardingTableError) {
        var names = [device]
        var numbers = [device: UInt16(0), Self.blackhole: UInt16(1)]
        names.append(Self.blackhole)
        var (four, six) = (RadixTrie<IPv4Address, UInt16>(), RadixTrie<IPv6Address, UInt16>())
        for route in routes {
            let name = route.device.isEmpty ? device : route.device
            if numbers[name] == nil {
                numbers[name] = UInt16(clamping: names.count)
                names.append(name)
            }
            let hop = numbers[name] ?? 1
            switch route.prefix {
            case .v4(let prefix): four[prefix] = hop
            case .v6(let prefix): six[prefix] = hop
            }
        }
        ipv4 = try ForwardingTable(compiling: four)
        ipv6 = try ForwardingTable(compiling: six)
        devices = names
    }

    /// How many prefixes there are.
    public var count: Int { ipv4.count + ipv6.count }

    /// The devices of packets by their destinations, ``drop`` for none; each is at its place of the buffer.
    func lookup(_ bytes: borrowing RawSpan, _ starts: [Int], into hops: inout [UInt16]) {
        var (keys4, keys6) = ([IPv4Address](), [IPv6Address]())
        var (places4, places6) = ([Int](), [Int]())
        for (place, start) in starts.enumerated() {
            if bytes.uint8(at: start) >> 4 == 4 {
                keys4.append(bytes.ipv4Address(at: start + 16))
                places4.append(place)
            } else {
                keys6.append(bytes.ipv6Address(at: start + 24))
                places6.append(place)
            }
        }
        var found = [UInt16](repeating: Self.drop, count: max(keys4.count, keys6.count))
        if !keys4.isEmpty {
            var span = found.mutableSpan
            ipv4.lookup(keys4.span, into: &span)
        }
        for (index, place) in places4.enumerated() { hops[place] = Self.hop(found[index]) }
        if !keys6.isEmpty {
            var span = found.mutableSpan
            ipv6.lookup(keys6.span, into: &span)
        }
        for (index, place) in places6.enumerated() { hops[place] = Self.hop(found[index]) }
    }

    private static func hop(_ found: UInt16) -> UInt16 { found == 1 || found == NextHop.noRoute ? drop : found }
}
