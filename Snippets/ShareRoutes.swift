//! A table that one thread changes while others read: each reader takes a version, and keeps it as long as it likes.
import IPAddresses
import PrefixTrie

let shared = SharedRadixTrie([IPv4Prefix("10.0.0.0/8")!: "core"])
let host = IPv4Address("10.1.2.3")!

// A writer: what belongs together goes into one call, and is published as one version.
async let writer: Void = Task.detached {
    shared.update { routes in
        routes[IPv4Prefix("10.1.0.0/16")!] = "edge"
        routes[IPv4Prefix("10.2.0.0/16")!] = "edge"
    }
}.value

// A reader: one version for each batch, without waiting. It sees both changes or neither.
let routes = shared.version()
let match = routes.longestMatch(for: host)!.value
print(match, routes.count)  // core 1, or edge 3

await writer
print(shared.version().longestMatch(for: host)!.value)  // edge
// snippet.hide
precondition((match, routes.count) == ("core", 1) || (match, routes.count) == ("edge", 3))
precondition(shared.version().longestMatch(for: host)!.value == "edge" && shared.version().count == 3)
