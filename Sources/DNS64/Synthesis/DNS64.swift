import IPAddresses
import Translation

/// Makes AAAA answers from A ones, for clients behind NAT64 (RFC 6147).
public struct DNS64: Sendable {
    /// What the addresses are behind.
    public let prefix: TranslationPrefix

    /// AAAA records in these count as none: by default ::ffff:0:0/96 (RFC 6147 5.1.4).
    public let excluded: [IPv6Prefix]

    /// The longest that an answer lives whose AAAA answer had no SOA, in seconds (RFC 6147 5.1.7).
    public static let longestWithoutSOA: UInt32 = 600

    public static let defaultExclusions = [
        IPv6Prefix(masking: IPv6Address(mapping: IPv4Address(bits: 0)), length: 96)
    ]

    public init(prefix: TranslationPrefix, excluded: [IPv6Prefix] = Self.defaultExclusions) {
        self.prefix = prefix
        self.excluded = excluded
    }

    /// What is to be done about a query.
    public enum Plan: Hashable, Sendable {
        /// It goes to the resolver and its answer comes back, both as they are.
        case pass
        /// The answer may have to be synthesized.
        case synthesize
        /// It asks for a name of an address behind the prefix: the IPv4 address's name is asked for (RFC 6147 5.3.1).
        case reverse(DNSName)
        /// It is answered here (RFC 7050, RFC 8880).
        case local(DNSMessage)
    }

    public func plan(for query: DNSMessage) -> Plan {
        guard query.operationCode == 0, query.questions.count == 1, let question = query.questions.first,
            question.recordClass == 1
        else { return .pass }
        if let answer = wellKnownName(query, question) { return .local(answer) }
        switch question.type {
        case .aaaa:
            // A client that validates has to see what is signed (RFC 6147 5.5, case 3).
            return query.wantsDNSSEC && query.flags.contains(.checkingDisabled) ? .pass : .synthesize
        case .ptr:
            if query.wantsDNSSEC && query.flags.contains(.checkingDisabled) { return .pass }
            return reverseName(of: question.name).map { .reverse($0) } ?? .pass
        default: return .pass
        }
    }

    /// The addresses that a host with these has, as a resolver with DNS64 gives them: its AAAA ones except for the
    /// excluded, else its A ones behind the prefix (RFC 6147 5.1).
    public func addresses(ipv6: [IPv6Address], ipv4: [IPv4Address]) -> [IPv6Address] {
        let own = ipv6.filter { !isExcluded($0) }
        return own.isEmpty ? ipv4.compactMap { synthesize($0) } : own
    }

    func isExcluded(_ address: IPv6Address) -> Bool { excluded.contains { $0.contains(address) } }

    /// The address behind the prefix; nil where the policy has none for it.
    func synthesize(_ address: IPv4Address) -> IPv6Address? {
        // Those of ipv4only.arpa stand for the prefix itself (RFC 7050 8.2).
        if Self.wellKnownAddresses.contains(address) { return prefix.prefix.embedding(address) }
        return try? prefix.ipv6(address)
    }

    // MARK: RFC 7050

    static let wellKnownAddresses = [IPv4Address(bits: 0xC000_00AA), IPv4Address(bits: 0xC000_00AB)]
    static let wellKnownName = DNSName(unchecked: [Array("ipv4only".utf8), Array("arpa".utf8)])

    /// ipv4only.arpa's answers come from here, wherever the resolver stands (RFC 8880 7.1).
    private func wellKnownName(_ query: DNSMessage, _ question: DNSQuestion) -> DNSMessage? {
        guard question.name == Self.wellKnownName, question.type == .a || question.type == .aaaa else { return nil }
        var answer = query.reply()
        for address in Self.wellKnownAddresses {
            if question.type == .a {
                answer.answers.append(DNSRecord(question.name, address, timeToLive: 86_400))
            } else if let address = synthesize(address) {
                answer.answers.append(DNSRecord(question.name, address, timeToLive: 86_400))
            }
        }
        return answer
    }

    // MARK: Names of addresses

    /// d.c.b.a.in-addr.arpa for a name in ip6.arpa of an address behind the prefix.
    func reverseName(of name: DNSName) -> DNSName? {
        guard name.labels.count == 34, name.isWithin(DNSName(unchecked: [Array("ip6".utf8), Array("arpa".utf8)])) else {
            return nil
        }
        var bits: UInt128 = 0
        for label in name.labels.prefix(32).reversed() {
            guard label.count == 1, let digit = Character(UnicodeScalar(label[0])).hexDigitValue else { return nil }
            bits = bits << 4 | UInt128(digit)
        }
        guard let address = prefix.prefix.extractEmbedded(from: IPv6Address(bits: bits)) else { return nil }
        let octets = [0, 8, 16, 24].map { Array("\(address.bits >> UInt32($0) & 0xFF)".utf8) }
        return DNSName(unchecked: octets + [Array("in-addr".utf8), Array("arpa".utf8)])
    }
}

extension DNSMessage {
    /// An answer to this query, empty.
    public func reply(_ code: ResponseCode = .noError) -> DNSMessage {
        var reply = DNSMessage()
        reply.id = id
        reply.operationCode = operationCode
        reply.flags = flags.intersection([.recursionDesired, .checkingDisabled]).union([.response, .recursionAvailable])
        reply.responseCode = code
        reply.questions = questions
        // Whoever asks with EDNS is answered with it (RFC 6891 6.1.1).
        if edns != nil {
            reply.additional = [
                DNSRecord(
                    DNSName(unchecked: []), .opt, class: 1232, timeToLive: wantsDNSSEC ? 0x8000 : 0, data: [])
            ]
        }
        return reply
    }
}
