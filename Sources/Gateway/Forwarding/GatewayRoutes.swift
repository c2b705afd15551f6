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

    /// The next hop of packets that a route drops. Those without a route have `NextHop.noRoute`.
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

    /// The devices of packets by their destinations, each at its place; ``drop``, and `NextHop.noRoute`, for none.
    func lookup(
        _ lookup: DestinationLookup, _ bytes: borrowing RawSpan, _ starts: [Int], into hops: inout [UInt16]
    ) {
        lookup.run(bytes, starts, ipv4, ipv6) { place, found, _ in
            hops[place] = found == 1 ? Self.drop : found
        }
    }
}
