//! A forwarding table out of a trie with values of any type: each distinct value gets a number.
import IPAddresses
import PrefixTrie

let routes: RadixTrie<IPv4Address, String> = [
    IPv4Prefix("10.0.0.0/8")!: "core", IPv4Prefix("10.1.0.0/16")!: "edge", IPv4Prefix("192.0.2.0/24")!: "core",
]
let (numbers, values) = try routes.numbered()
let table = try ForwardingTable(compiling: numbers)

let hop = table.lookup(IPv4Address("10.1.2.3")!)
print(hop == NextHop.noRoute ? "no route" : values[Int(hop)])  // edge
// snippet.hide
precondition(values.sorted() == ["core", "edge"] && values[Int(hop)] == "edge")
precondition(table.lookup(IPv4Address("8.8.8.8")!) == NextHop.noRoute)
