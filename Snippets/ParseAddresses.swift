//! Addresses and prefixes: read, compared, cut up and spelled.
import IPAddresses

let site = IPv6Prefix("2001:db8::/32")!
let host = IPv6Address("2001:DB8:0:0:0:0:0:1")!
print(host, site.contains(host))  // 2001:db8::1 true

let labs = site.subnets(ofLength: 34).map(\.description)
print(labs)  // 2001:db8::/34, 2001:db8:4000::/34 and two more

do {
    _ = try IPv4Prefix(parsing: "10.0.0.1/8")
} catch {
    print(error)  // says what is wrong, and where in the text
}

// An IPv4 address behind NAT64's well-known prefix (RFC 6052 2.1).
let behind = IPv6Prefix.wellKnownNAT64.embedding(IPv4Address(192, 0, 2, 33))!
print(behind, IPv6Prefix.wellKnownNAT64.extractEmbedded(from: behind)!)  // 64:ff9b::c000:221 192.0.2.33
// snippet.hide
precondition("\(host)" == "2001:db8::1" && site.contains(host))
precondition(labs.count == 4 && labs[1] == "2001:db8:4000::/34")
precondition("\(behind)" == "64:ff9b::c000:221")
precondition((try? IPv4Prefix(parsing: "10.0.0.1/8")) == nil)
