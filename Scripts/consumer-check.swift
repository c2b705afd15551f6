// What Scripts/consumer-check builds inside and outside of the package: generic code of three modules, and its times.
import IPAddresses
import PrefixTrie
import Translation

var state: UInt64 = 1
@MainActor
func random() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 29
}

// First that they work.
var routes = RadixTrie<IPv6Address, Int>()
routes[IPv6Prefix("2001:db8::/32")!] = 7
let compiled = try ForwardingTable(compiling: routes.mapValues { UInt16($0) })
let table = try ConnectionTable<IPv6Address>(capacity: 4096)
let now = MonotonicTime(nanoseconds: 1 << 40)
let inside = IPv6Address("2001:db8::1")!
let outside = IPv6Address("2001:db8:1::1")!

func tuple(_ number: Int) -> FiveTuple<IPv6Address> {
    FiveTuple(from: inside, UInt16(truncatingIfNeeded: 1024 + number), to: outside, 443, protocol: 6)
}

var opened = 0
for number in 0..<1024 {
    let start = ConnectionStart(state: 1, lifetime: .seconds(60))
    let result = table.open(tuple(number), start, now: now) { attempt in attempt == 0 ? tuple(number).reversed : nil }
    if case .opened = result { opened += 1 }
}
print(routes.longestMatch(for: inside)!.value, compiled.lookup(inside), opened == 1024 ? "opened" : "lost")

// Then how long they take: the same file, so that what differs is the boundary of the package.
func measure(_ name: String, _ count: Int, _ body: () -> Int) {
    let clock = ContinuousClock()
    var sum = 0
    let time = clock.measure { sum = body() }
    precondition(sum > 0, "nothing was found")
    print(name, Double(time.components.attoseconds) / 1e9 / Double(count) + Double(time.components.seconds) * 1e9 / Double(count))
}

for _ in 0..<20_000 {
    let address = IPv6Address(high: 0x2001_0DB8_0000_0000 | random() >> 40, low: 0)
    routes[IPv6Prefix(masking: address, length: 64)] = 1
}
let keys = (0..<65_536).map { _ in IPv6Address(high: 0x2001_0DB8_0000_0000 | random() >> 40, low: random()) }
measure("trie", keys.count * 8) {
    var found = 0
    for _ in 0..<8 { for key in keys where routes.longestMatch(for: key) != nil { found += 1 } }
    return found
}
let tuples = (0..<1024).map(tuple)
measure("connections", tuples.count * 256) {
    var found = 0
    for _ in 0..<256 { for tuple in tuples where table.lookup(tuple, now: now) != nil { found += 1 } }
    return found
}
let prefixes = Array(routes.map(\.prefix).prefix(64))
measure("prefixes", keys.count * prefixes.count) {
    var found = 1
    for key in keys { for prefix in prefixes where prefix.contains(key) { found += 1 } }
    return found
}
