//! DNS64: an IPv6-only client asks for AAAA, the name has only A records, and gets an address behind NAT64's prefix.
import DNS64
import IPAddresses
import Translation

let dns64 = DNS64(prefix: .wellKnown(policy: .rfc6052))

var query = DNSMessage()
query.id = 1
query.questions = [DNSQuestion(DNSName("www.example.")!, .aaaa)]
print(dns64.plan(for: query))  // synthesize: ask upstream for AAAA, and for A if there is none

// What upstream says: no AAAA, but an A record.
let empty = query.reply()
var a = query.reply()
a.answers = [DNSRecord(DNSName("www.example.")!, IPv4Address("192.0.43.8")!, timeToLive: 60)]

let answer = dns64.needsSynthesis(empty) ? dns64.answer(query, from: a, empty: empty) : empty
print(answer.answers[0].ipv6Address!)  // 64:ff9b::c000:2b08
let message = try answer.encoded()
// snippet.hide
precondition(dns64.plan(for: query) == .synthesize)
precondition(answer.answers[0].ipv6Address! == IPv6Address("64:ff9b::192.0.43.8")!)
let decoded = try DNSMessage(message)
precondition(decoded == answer)
