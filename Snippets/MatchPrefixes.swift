//! A table of prefixes: longest match, order, copies.
import IPAddresses
import PrefixTrie

var routes = RadixTrie<IPv6Address, String>()
routes[IPv6Prefix("2001:db8::/32")!] = "site"
routes[IPv6Prefix("2001:db8:1::/48")!] = "lab"

let host = IPv6Address("2001:db8:1::7")!
print(routes.longestMatch(for: host)!.value)  // lab
print(routes.matches(for: host).map(\.value))  // ["site", "lab"]
print(routes.element(after: IPv6Prefix("2001:db8::/32")!)!.value)  // lab

let before = routes  // free
routes.removeAll(coveredBy: IPv6Prefix("2001:db8:1::/48")!)  // copies the pages that it touches
print(routes.longestMatch(for: host)!.value, before.count)  // site 2
// snippet.hide
precondition(
    before.longestMatch(for: host)!.value == "lab" && before.matches(for: host).map(\.value) == ["site", "lab"])
precondition(before.element(after: IPv6Prefix("2001:db8::/32")!)!.value == "lab")
precondition(routes.longestMatch(for: host)!.value == "site" && routes.count == 1 && before.count == 2)
