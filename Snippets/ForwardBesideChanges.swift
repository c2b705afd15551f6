//! Lookups at line rate, in batches, beside a thread that changes the table.
import IPAddresses
import PrefixTrie

let routes: RadixTrie<IPv6Address, UInt16> = [IPv6Prefix("2001:db8::/32")!: 7]
let table = try ForwardingTable(compiling: routes)

let addresses = ["2001:db8::1", "2001:db8:1::1", "2001:db9::1"].map { IPv6Address($0)! }

/// The next hops of the addresses, by a reader of this thread's own.
func nextHops() -> [UInt16] {
    var reader = table.makeReader()  // one for each thread, for as long as it looks up
    var hops = [UInt16](repeating: 0, count: addresses.count)
    var output = hops.mutableSpan
    reader.lookup(addresses.span, into: &output)
    return hops
}

let before = nextHops()  // 7, 7, NextHop.noRoute

// Changes are seen by lookups that begin after them.
async let changed = table.updateValue(8, for: IPv6Prefix("2001:db8:1::/48")!)
let beside = nextHops()  // the middle one is 7 or 8
_ = try await changed
let after = nextHops()  // 7, 8, NextHop.noRoute
print(before, beside, after)
// snippet.hide
precondition(before == [7, 7, NextHop.noRoute] && after == [7, 8, NextHop.noRoute])
precondition([7, 8].contains(beside[1]))
