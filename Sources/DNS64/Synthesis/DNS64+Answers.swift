import IPAddresses

extension DNS64 {
    /// Whether the answer to an AAAA query is to be replaced by synthesized addresses, if there are A records (RFC 6147
    /// 5.1.1 to 5.1.4).
    ///
    /// - Parameter response: nil where none came.
    public func needsSynthesis(_ response: DNSMessage?) -> Bool {
        guard let response else { return true }
        if response.responseCode == .nameError { return false }
        // Other codes count as an empty answer.
        if response.responseCode != .noError { return true }
        return !response.answers.contains { $0.ipv6Address.map { !isExcluded($0) } ?? false }
    }

    /// The answer to an AAAA query with its excluded records left out (RFC 6147 5.1.4); nil where it has none, and may go on as
    /// it is.
    public func withoutExcluded(_ response: DNSMessage) -> DNSMessage? {
        guard response.answers.contains(where: { $0.ipv6Address.map(isExcluded) ?? false }) else { return nil }
        var result = response
        result.answers.removeAll { $0.ipv6Address.map(isExcluded) ?? false }
        // Signatures no longer fit what they have signed.
        result.answers.removeAll { $0.type == .rrsig && $0.covers(.aaaa) }
        result.flags.remove(.authenticData)
        return result
    }

    /// The answer to an AAAA query whose own answer needs synthesis (``needsSynthesis(_:)``): addresses made from A
    /// records; else the A query's error, a timeout being a server failure; else, where both are empty, the AAAA
    /// query's own answer (RFC 6147 5.1.3, 5.1.6, 5.4).
    ///
    /// - `a`: the resolver's answer to the A query; nil where none came.
    /// - `empty`: its answer to the AAAA query; nil where none came.
    public func answer(_ query: DNSMessage, from a: DNSMessage?, empty: DNSMessage?) -> DNSMessage {
        guard let a else { return query.reply(.serverFailure) }
        if a.responseCode != .noError { return failed(query, by: a) }
        if let made = synthesized(query, from: a, empty: empty) { return made }
        // Cut off in front of its addresses, it says nothing about them.
        if a.flags.contains(.truncated) { return query.reply(.serverFailure) }
        guard let empty else { return query.reply(.serverFailure) }
        return withoutExcluded(empty) ?? empty
    }

    /// The A query's error as the answer to the AAAA query, with the aliases that lead to it (RFC 6147 5.1.5, 5.1.6).
    private func failed(_ query: DNSMessage, by a: DNSMessage) -> DNSMessage {
        var reply = query.reply(a.responseCode)
        reply.answers = a.answers.filter { $0.type != .a && !($0.type == .rrsig && $0.covers(.a)) }
        reply.authority = a.authority
        return reply
    }

    /// The answer to an AAAA query made from the one to the A query: its chain of CNAMEs and DNAMEs stays (RFC 6147
    /// 5.1.5 to 5.1.7).
    ///
    /// - `empty`: the resolver's answer to the AAAA query; nil where none came.
    /// - Returns: nil where there is no A record to make one from.
    public func synthesized(_ query: DNSMessage, from a: DNSMessage, empty: DNSMessage?) -> DNSMessage? {
        guard a.responseCode == .noError else { return nil }
        let longest = empty.flatMap(Self.negativeLifetime) ?? Self.longestWithoutSOA
        var reply = query.reply()
        var hasAddress = false
        for record in a.answers {
            if let address = record.ipv4Address {
                guard let synthesized = synthesize(address) else { continue }
                hasAddress = true
                reply.answers.append(
                    DNSRecord(record.name, synthesized, timeToLive: min(record.timeToLive, longest)))
            } else if !(record.type == .rrsig && record.covers(.a)) {
                reply.answers.append(record)
            }
        }
        guard hasAddress else { return nil }
        reply.authority = a.authority
        return reply
    }

    /// The SOA's own lifetime in a negative answer: how long the absence of an AAAA record is known (RFC 6147 5.1.7).
    static func negativeLifetime(_ response: DNSMessage) -> UInt32? {
        response.authority.first { $0.type == .soa }?.timeToLive
    }

    /// The answer to a query for an address's name: an alias to the IPv4 address's name, and what the resolver has about that
    /// (RFC 6147 5.3.1).
    public func reversed(_ query: DNSMessage, target: DNSName, from response: DNSMessage) -> DNSMessage {
        var reply = query.reply(response.responseCode)
        guard let question = query.questions.first else { return reply }
        let lifetime = response.answers.map(\.timeToLive).min() ?? Self.longestWithoutSOA
        reply.answers = [DNSRecord(question.name, .cname, target: target, timeToLive: lifetime)] + response.answers
        reply.authority = response.authority
        return reply
    }
}

extension DNSRecord {
    /// Whether a signature is of records of a type (RFC 4034 3.1).
    func covers(_ type: DNSType) -> Bool {
        data.count >= 2 && UInt16(data[0]) << 8 | UInt16(data[1]) == type.rawValue
    }
}
