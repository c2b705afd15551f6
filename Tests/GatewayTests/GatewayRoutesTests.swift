import IPAddresses
import Packets
import PrefixTrie
import Testing

@testable import Gateway

@Suite("A gateway's own routes")
struct GatewayRoutesTests {
    @Test(
        "The longest prefix chooses the device, of both families; black holes drop, and missing routes are told apart")
    func lookup() throws {
        let routes = try GatewayRoutes(
            [
                ("0.0.0.0/0", ""), ("203.0.113.0/24", "b"), ("203.0.113.77/32", "blackhole"), ("2001:db8::/32", "c"),
                ("2001:db8:1::/48", "b"),
            ].map { (try #require(IPPrefix($0.0)), $0.1) }, device: "a")
        #expect(routes.devices == ["a", "blackhole", "b", "c"] && routes.count == 5)
        let cases = [
            ("8.8.8.8", "a"), ("203.0.113.9", "b"), ("203.0.113.77", nil), ("2001:db8:9::1", "c"),
            ("2001:db8:1::1", "b"),
            ("2a00::1", nil),
        ]
        var bytes = [UInt8](repeating: 0, count: cases.count * 64)
        for (index, (address, _)) in cases.enumerated() {
            var span = bytes.mutableSpan
            var raw = span.mutableBytes
            switch try #require(IPAddress(address)) {
            case .v4(let own):
                raw.set(UInt8(0x45), at: index * 64)
                raw.set(own.bits, at: index * 64 + 16)
            case .v6(let own):
                raw.set(UInt8(0x60), at: index * 64)
                raw.set(own.high, at: index * 64 + 24)
                raw.set(own.low, at: index * 64 + 32)
            }
        }
        var hops = [UInt16](repeating: 0, count: cases.count)
        routes.lookup(DestinationLookup(), bytes.span.bytes, cases.indices.map { $0 * 64 }, into: &hops)
        for (hop, (address, device)) in zip(hops, cases) {
            switch address {
            case "203.0.113.77": #expect(hop == GatewayRoutes.drop)
            case "2a00::1": #expect(hop == NextHop.noRoute)
            default: #expect(routes.devices[Int(hop)] == device, "\(address)")
            }
        }
    }
}
