import IPAddresses
import Synchronization
import Testing
import Translation

@testable import DNS64

/// What becomes of an AAAA query whose own answer is empty, and whose A query fails.
@Suite("RFC 6147: errors of the A query")
struct DNS64ErrorTests {
    /// RCODE 5 (RFC 1035 4.1.1).
    static let refused = DNSMessage.ResponseCode(rawValue: 5)
    static let question = DNS64Tests.query(DNS64Tests.host, .aaaa)

    /// What counts as an empty answer to the AAAA query: no records, excluded ones only, another error, none at all.
    static let empty: [DNSMessage?] = [
        DNS64Tests.message([], authority: [DNS64Tests.soa]),
        DNS64Tests.message([DNSRecord(DNS64Tests.host, IPv6Address(mapping: IPv4Address(bits: 1)), timeToLive: 300)]),
        DNS64Tests.message([], .serverFailure), DNS64Tests.message([], authority: [DNS64Tests.soa], .notImplemented),
        nil,
    ]

    @Test(
        "RFC 6147 5.1.2, 5.1.6: with an empty AAAA answer the A query's error is the answer",
        arguments: [DNSMessage.ResponseCode.serverFailure, .nameError, refused, .notImplemented, .formatError])
    func errors(_ code: DNSMessage.ResponseCode) async {
        for aaaa in Self.empty {
            let (resolver, upstream) = DNS64Tests.resolver(aaaa: aaaa, a: DNS64Tests.message([], code))
            let answer = await resolver.answer(Self.question)
            #expect(answer.responseCode == code && answer.answers.isEmpty && answer.id == Self.question.id)
            #expect(answer.questions == Self.question.questions && answer.flags.contains(.response))
            // Nothing says for how long: it is asked for again.
            _ = await resolver.answer(Self.question)
            #expect(upstream.asked.withLock { $0.count } == 4)
        }
    }

    @Test("RFC 6147 5.1.3, 5.1.6: an A query that nobody answers is a server failure, and is not kept")
    func timeout() async {
        for aaaa in Self.empty {
            let (resolver, upstream) = DNS64Tests.resolver(aaaa: aaaa, a: nil)
            #expect(await resolver.answer(Self.question).responseCode == .serverFailure)
            _ = await resolver.answer(Self.question)
            #expect(upstream.asked.withLock { $0.count } == 4)
        }
    }

    @Test("RFC 6147 5.1.6; RFC 2308 5: no such name, by the A query, is kept as that for its own SOA's time")
    func nameError() async {
        let time = Atomic<UInt64>(0)
        let (resolver, upstream) = DNS64Tests.resolver(
            aaaa: DNS64Tests.message([], authority: [DNS64Tests.soa]),
            a: DNS64Tests.message([], authority: [DNS64Tests.soa], .nameError), now: { time.load(ordering: .relaxed) })
        for (now, asked) in [(UInt64(0), 2), (59, 2), (60, 4)] {
            time.store(now, ordering: .relaxed)
            let answer = await resolver.answer(Self.question)
            #expect(answer.responseCode == .nameError && answer.authority.map(\.type) == [.soa])
            #expect(upstream.asked.withLock { $0.count } == asked)
        }
    }

    @Test("RFC 6147 5.1.6: a name that is there again after an error gets its addresses at once")
    func recovery() async {
        final class Recovering: DNSUpstream {
            let asked = Mutex(0)
            func ask(_ query: [UInt8]) async -> [UInt8]? {
                guard let query = try? DNSMessage(query), let question = query.questions.first else { return nil }
                var answer = query.reply()
                if question.type == .aaaa {
                    answer.authority = [DNS64Tests.soa]
                } else if asked.withLock({
                    $0 += 1; return $0
                }) == 1 {
                    answer.responseCode = .serverFailure
                } else {
                    answer.answers = [DNS64Tests.a]
                }
                return try? answer.encoded()
            }
        }
        let resolver = DNS64Resolver(
            DNS64(prefix: .wellKnown(policy: .rfc6052)), upstream: Recovering(), cache: DNSCache(capacity: 9),
            clock: { 0 })
        #expect(await resolver.answer(Self.question).responseCode == .serverFailure)
        #expect(DNS64Tests.addresses(await resolver.answer(Self.question)) == ["64:ff9b::c633:6407"])
    }

    @Test("RFC 6147 5.1.5, 5.1.6: aliases that lead to the error come along, the A query's records do not")
    func aliases() {
        let dns64 = DNS64(prefix: .wellKnown(policy: .rfc6052))
        let alias = DNSRecord(DNS64Tests.host, .cname, target: DNS64Tests.name("gone.example"), timeToLive: 60)
        let answer = dns64.answer(
            Self.question, from: DNS64Tests.message([alias, DNS64Tests.a], authority: [DNS64Tests.soa], .nameError),
            empty: DNS64Tests.message([alias], authority: [DNS64Tests.soa]))
        #expect(answer.responseCode == .nameError && answer.answers == [alias] && answer.authority == [DNS64Tests.soa])
    }

    @Test("RFC 6147 5.4: where both are empty, the AAAA query's answer is the answer")
    func bothEmpty() async {
        let none = DNS64Tests.message([], authority: [DNS64Tests.soa])
        let (resolver, upstream) = DNS64Tests.resolver(aaaa: none, a: DNS64Tests.message([]))
        let answer = await resolver.answer(Self.question)
        #expect(answer.responseCode == .noError && answer.answers.isEmpty && answer.authority == [DNS64Tests.soa])
        _ = await resolver.answer(Self.question)
        #expect(upstream.asked.withLock { $0.count } == 2)
    }

    @Test("An A answer that is cut off in front of its addresses says nothing about them: a server failure")
    func truncated() async {
        var cut = DNS64Tests.message([])
        cut.flags = .truncated
        let (resolver, _) = DNS64Tests.resolver(aaaa: Self.empty[0], a: cut)
        #expect(await resolver.answer(Self.question).responseCode == .serverFailure)
    }

    @Test("EDNS: an error is answered with it, as all is")
    func edns() async {
        let (resolver, _) = DNS64Tests.resolver(aaaa: Self.empty[0], a: nil)
        let answer = await resolver.answer(DNS64Tests.query(DNS64Tests.host, .aaaa, dnssec: true))
        #expect(answer.responseCode == .serverFailure && answer.edns != nil && answer.wantsDNSSEC)
    }
}
