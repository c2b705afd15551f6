import IPAddresses
import Synchronization
import Testing
import Translation

@testable import DNS64

/// Answers out of a list, and counts what it was asked.
final class FixedUpstream: DNSUpstream {
    private let answers: [DNSQuestion: DNSMessage]
    let asked = Mutex<[DNSQuestion]>([])

    init(_ answers: [DNSQuestion: DNSMessage]) { self.answers = answers }

    func ask(_ query: [UInt8]) async -> [UInt8]? {
        guard let query = try? DNSMessage(query), let question = query.questions.first else { return nil }
        asked.withLock { $0.append(question) }
        guard var answer = answers[question] else { return nil }
        answer.id = query.id
        answer.flags.insert(.response)
        answer.questions = query.questions
        return try? answer.encoded()
    }
}

@Suite("RFC 6147: DNS64")
struct DNS64Tests {
    static func name(_ text: String) -> DNSName { DNSName(text) ?? DNSName(unchecked: []) }
    static let host = name("host.example")
    static let a = DNSRecord(host, IPv4Address(bits: 0xC633_6407), timeToLive: 300)
    static let soa = DNSRecord(
        name("example"), .soa, timeToLive: 120,
        data: [1, 97, 0, 1, 98, 0] + [UInt8](repeating: 0, count: 16) + [0, 0, 0, 60])

    static func message(
        _ answers: [DNSRecord], authority: [DNSRecord] = [], _ code: DNSMessage.ResponseCode = .noError
    ) -> DNSMessage {
        var message = DNSMessage()
        (message.answers, message.authority, message.responseCode) = (answers, authority, code)
        return message
    }

    static func query(_ name: DNSName, _ type: DNSType, dnssec: Bool = false, checkingDisabled: Bool = false)
        -> DNSMessage
    {
        var query = DNSMessage()
        query.id = 4711
        query.flags = checkingDisabled ? [.recursionDesired, .checkingDisabled] : .recursionDesired
        query.questions = [DNSQuestion(name, type)]
        if dnssec {
            query.additional = [
                DNSRecord(DNSName(unchecked: []), .opt, class: 1232, timeToLive: 0x8000, data: [])
            ]
        }
        return query
    }

    /// A resolver over answers to AAAA and A queries for the host.
    static func resolver(
        aaaa: DNSMessage?, a: DNSMessage?, policy: AddressPolicy = .rfc6052,
        now: @escaping @Sendable () -> UInt64 = { 0 }
    ) -> (DNS64Resolver<FixedUpstream>, FixedUpstream) {
        var answers: [DNSQuestion: DNSMessage] = [:]
        answers[DNSQuestion(host, .aaaa)] = aaaa
        answers[DNSQuestion(host, .a)] = a
        let upstream = FixedUpstream(answers)
        let resolver = DNS64Resolver(
            DNS64(prefix: .wellKnown(policy: policy)), upstream: upstream, cache: DNSCache(capacity: 100), clock: now)
        return (resolver, upstream)
    }

    static func addresses(_ answer: DNSMessage) -> [String] {
        answer.answers.compactMap { $0.ipv6Address?.description }
    }

    @Test("RFC 6147 5.1.6: a name with only A records gets addresses behind the prefix")
    func synthesis() async {
        let (resolver, _) = Self.resolver(
            aaaa: Self.message([], authority: [Self.soa]), a: Self.message([Self.a]))
        let answer = await resolver.answer(Self.query(Self.host, .aaaa))
        #expect(Self.addresses(answer) == ["64:ff9b::c633:6407"])
        #expect(answer.id == 4711 && answer.flags.contains([.response, .recursionDesired, .recursionAvailable]))
        #expect(answer.questions == [DNSQuestion(Self.host, .aaaa)])
    }

    @Test("RFC 6147 5.1.7: the lifetime is the least of the A record's and the SOA's, 600 s without SOA")
    func lifetime() async {
        let long = DNSRecord(Self.host, IPv4Address(bits: 0xC633_6407), timeToLive: 5000)
        for (authority, expected) in [([Self.soa], UInt32(120)), ([], 600)] {
            let (resolver, _) = Self.resolver(aaaa: Self.message([], authority: authority), a: Self.message([long]))
            #expect(await resolver.answer(Self.query(Self.host, .aaaa)).answers.map(\.timeToLive) == [expected])
        }
        let (resolver, _) = Self.resolver(
            aaaa: Self.message([], authority: [Self.soa]),
            a: Self.message([DNSRecord(Self.host, IPv4Address(bits: 0xC633_6407), timeToLive: 7)]))
        #expect(await resolver.answer(Self.query(Self.host, .aaaa)).answers.map(\.timeToLive) == [7])
    }

    @Test("RFC 6147 5.1.1: a real AAAA record comes as it is, and no A query is made")
    func real() async {
        let record = DNSRecord(Self.host, IPv6Address(bits: 0x2001_0DB8 << 96 | 9), timeToLive: 300)
        let (resolver, upstream) = Self.resolver(aaaa: Self.message([record]), a: Self.message([Self.a]))
        #expect(Self.addresses(await resolver.answer(Self.query(Self.host, .aaaa))) == ["2001:db8::9"])
        #expect(upstream.asked.withLock { $0 } == [DNSQuestion(Self.host, .aaaa)])
    }

    @Test("RFC 6147 5.1.2: no such name stays so; other errors, and no answer at all, count as an empty answer")
    func codes() async {
        let (missing, _) = Self.resolver(
            aaaa: Self.message([], authority: [Self.soa], .nameError), a: Self.message([Self.a]))
        #expect(await missing.answer(Self.query(Self.host, .aaaa)).responseCode == .nameError)
        for aaaa in [Self.message([], .serverFailure), Self.message([], .notImplemented), nil] {
            let (resolver, _) = Self.resolver(aaaa: aaaa, a: Self.message([Self.a]))
            #expect(Self.addresses(await resolver.answer(Self.query(Self.host, .aaaa))) == ["64:ff9b::c633:6407"])
        }
    }

    @Test(
        "RFC 6147 5.1.4: excluded AAAA records count as none: left out, or replaced by synthesis if there are no others"
    )
    func exclusion() async {
        let mapped = DNSRecord(Self.host, IPv6Address(mapping: IPv4Address(bits: 1)), timeToLive: 300)
        let real = DNSRecord(Self.host, IPv6Address(bits: 0x2001_0DB8 << 96 | 9), timeToLive: 300)
        let (alone, _) = Self.resolver(aaaa: Self.message([mapped]), a: Self.message([Self.a]))
        #expect(Self.addresses(await alone.answer(Self.query(Self.host, .aaaa))) == ["64:ff9b::c633:6407"])
        let (among, _) = Self.resolver(aaaa: Self.message([mapped, real]), a: Self.message([Self.a]))
        #expect(Self.addresses(await among.answer(Self.query(Self.host, .aaaa))) == ["2001:db8::9"])
        let (none, _) = Self.resolver(aaaa: Self.message([mapped]), a: Self.message([]))
        #expect(Self.addresses(await none.answer(Self.query(Self.host, .aaaa))).isEmpty)
    }

    @Test("RFC 6147 5.1.5: the chain of aliases comes along")
    func chain() async {
        let alias = Self.name("real.example")
        let chain = [
            DNSRecord(Self.host, .cname, target: alias, timeToLive: 60),
            DNSRecord(alias, IPv4Address(bits: 0xC633_6407), timeToLive: 300),
        ]
        let (resolver, _) = Self.resolver(aaaa: Self.message([chain[0]], authority: [Self.soa]), a: Self.message(chain))
        let answer = await resolver.answer(Self.query(Self.host, .aaaa))
        #expect(answer.answers.map(\.type) == [.cname, .aaaa])
        #expect(answer.answers[1].name == alias)
    }

    @Test("RFC 6147 5.5: with DO and CD set nothing is synthesized; with only DO the answer is not called authentic")
    func dnssec() async {
        let empty = Self.message([], authority: [Self.soa])
        let (resolver, upstream) = Self.resolver(aaaa: empty, a: Self.message([Self.a]))
        let passed = await resolver.answer(Self.query(Self.host, .aaaa, dnssec: true, checkingDisabled: true))
        #expect(Self.addresses(passed).isEmpty && upstream.asked.withLock { $0.count } == 1)
        let made = await resolver.answer(Self.query(Self.host, .aaaa, dnssec: true))
        #expect(Self.addresses(made).count == 1 && !made.flags.contains(.authenticData) && made.edns != nil)
    }

    @Test("What is none of DNS64's concern goes up and comes back byte for byte")
    func passing() async throws {
        final class Echo: DNSUpstream {
            let bytes: [UInt8]
            init(_ bytes: [UInt8]) { self.bytes = bytes }
            func ask(_ query: [UInt8]) async -> [UInt8]? { Array(query[..<2]) + bytes[2...] }
        }
        // An unusual message: mixed case, no compression, bytes after its end.
        var answer = try Self.query(Self.name("hOsT.eXample"), .rrsig, dnssec: true, checkingDisabled: true).encoded()
        answer[2] |= 0x80
        answer += [1, 2, 3]
        let resolver = DNS64Resolver(
            DNS64(prefix: .wellKnown(policy: .aws)), upstream: Echo(answer), cache: DNSCache(capacity: 0), clock: { 0 })
        let query = try Self.query(Self.name("hOsT.eXample"), .rrsig, dnssec: true, checkingDisabled: true).encoded()
        #expect(await resolver.answer(query) == answer)
    }

    @Test("RFC 6052 3.1: no private address is put behind the well-known prefix, unless the policy is AWS's")
    func policy() async {
        let record = DNSRecord(Self.host, IPv4Address(bits: 0x0A00_0001), timeToLive: 300)
        for (policy, expected) in [(AddressPolicy.rfc6052, []), (.aws, ["64:ff9b::a00:1"])] {
            let (resolver, _) = Self.resolver(
                aaaa: Self.message([], authority: [Self.soa]), a: Self.message([record]), policy: policy)
            #expect(Self.addresses(await resolver.answer(Self.query(Self.host, .aaaa))) == expected)
        }
    }

    @Test("RFC 7050, 8880: ipv4only.arpa is answered here, whatever the policy, without asking")
    func wellKnownName() async {
        let (resolver, upstream) = Self.resolver(aaaa: nil, a: nil)
        let name = Self.name("IPv4only.ARPA.")
        #expect(
            Self.addresses(await resolver.answer(Self.query(name, .aaaa))) == ["64:ff9b::c000:aa", "64:ff9b::c000:ab"])
        #expect(
            await resolver.answer(Self.query(name, .a)).answers.compactMap { $0.ipv4Address?.description } == [
                "192.0.0.170", "192.0.0.171",
            ])
        #expect(upstream.asked.withLock { $0.isEmpty })
    }

    @Test("RFC 6147 5.3.1: the name of an address behind the prefix is its IPv4 address's, by an alias")
    func reverse() async {
        let question = Self.name("7.0.4.6.3.3.6.c." + String(repeating: "0.", count: 16) + "b.9.f.f.4.6.0.0.ip6.arpa")
        let target = Self.name("7.100.51.198.in-addr.arpa")
        let pointer = DNSRecord(target, .ptr, target: Self.host, timeToLive: 50)
        let upstream = FixedUpstream([DNSQuestion(target, .ptr): Self.message([pointer])])
        let resolver = DNS64Resolver(
            DNS64(prefix: .wellKnown(policy: .aws)), upstream: upstream, cache: DNSCache(capacity: 1), clock: { 0 })
        let answer = await resolver.answer(Self.query(question, .ptr))
        #expect(answer.answers.map(\.type) == [.cname, .ptr] && answer.answers[0].name == question)
        #expect(answer.answers[0].timeToLive == 50)
        let other = Self.name(String(repeating: "1.", count: 32) + "ip6.arpa")
        #expect(resolver.dns64.plan(for: Self.query(other, .ptr)) == .pass)
    }

    @Test("The cache honours lifetimes, counts them down, and keeps queries with other flags apart")
    func cache() async {
        let time = Atomic<UInt64>(100)
        let clock: @Sendable () -> UInt64 = { time.load(ordering: .relaxed) }
        let (resolver, upstream) = Self.resolver(
            aaaa: Self.message([], authority: [Self.soa]), a: Self.message([Self.a]), now: clock)
        let count = { upstream.asked.withLock { $0.count } }
        _ = await resolver.answer(Self.query(Self.host, .aaaa))
        #expect(count() == 2)
        time.store(150, ordering: .relaxed)
        #expect(await resolver.answer(Self.query(Self.host, .aaaa)).answers.map(\.timeToLive) == [70])
        #expect(count() == 2)
        _ = await resolver.answer(Self.query(Self.host, .aaaa, dnssec: true))
        #expect(count() == 4)
        time.store(220, ordering: .relaxed)
        _ = await resolver.answer(Self.query(Self.host, .aaaa))
        #expect(count() == 6)
        // RFC 2308 5: a negative answer lives for the SOA's minimum, 60 s here.
        #expect(DNSCache.lifetime(Self.message([], authority: [Self.soa], .nameError)) == 60)
        #expect(DNSCache.lifetime(Self.message([], .serverFailure)) == nil)
    }

    @Test("A full cache makes room, and holds no more than it may")
    func fullCache() {
        let cache = DNSCache(capacity: 16)
        for number in 0..<200 {
            let name = Self.name("host\(number).example")
            var answer = Self.message([DNSRecord(name, IPv4Address(bits: 1), timeToLive: 300)])
            answer.questions = [DNSQuestion(name, .a)]
            cache.store(answer, to: Self.query(name, .a), now: 0)
            #expect(cache.answer(to: Self.query(name, .a), now: 1) != nil)
        }
        let kept = (0..<200).count { cache.answer(to: Self.query(Self.name("host\($0).example"), .a), now: 1) != nil }
        #expect((1...16).contains(kept))
    }
}
