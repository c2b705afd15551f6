import Synchronization

/// Answers that are kept for as long as their records live (RFC 1035 3.2.1; negative ones: RFC 2308 5). From any thread.
public final class DNSCache: Sendable {
    /// The most answers that are kept.
    public let capacity: Int
    private let entries = Mutex<[Key: Entry]>([:])

    struct Key: Hashable {
        var question: DNSQuestion
        var flags: DNSMessage.Flags
        var wantsDNSSEC: Bool
        var hasEDNS: Bool

        init?(_ query: DNSMessage) {
            guard query.operationCode == 0, query.questions.count == 1, let question = query.questions.first else {
                return nil
            }
            self.question = question
            flags = query.flags.intersection([.recursionDesired, .checkingDisabled])
            wantsDNSSEC = query.wantsDNSSEC
            hasEDNS = query.edns != nil
        }
    }

    private struct Entry {
        var answer: DNSMessage
        var stored: UInt64
        var lifetime: UInt32
    }

    public init(capacity: Int) { self.capacity = capacity }

    /// An answer that is still alive, its records' lifetimes counted down, under the query's identifier.
    ///
    /// `now`: a monotonic time, in seconds.
    public func answer(to query: DNSMessage, now: UInt64) -> DNSMessage? {
        guard let key = Key(query) else { return nil }
        guard let entry = entries.withLock({ $0[key] }), now >= entry.stored else { return nil }
        let age = now - entry.stored
        guard age < UInt64(entry.lifetime) else { return nil }
        var answer = entry.answer
        answer.id = query.id
        // The name as this client has written it (draft-vixie-dnsext-dns0x20).
        answer.questions = query.questions
        let count = { (records: inout [DNSRecord]) in
            for index in records.indices where records[index].type != .opt {
                records[index].timeToLive -= min(records[index].timeToLive, UInt32(age))
            }
        }
        count(&answer.answers)
        count(&answer.authority)
        count(&answer.additional)
        return answer
    }

    /// Keeps an answer, if it has records that say for how long.
    ///
    /// `now`: a monotonic time, in seconds.
    public func store(_ answer: DNSMessage, to query: DNSMessage, now: UInt64) {
        guard capacity > 0, let key = Key(query), let lifetime = Self.lifetime(answer), lifetime > 0 else { return }
        entries.withLock { entries in
            if entries.count >= capacity, entries[key] == nil {
                // What is over first; else an eighth, whichever.
                for (key, entry) in entries where now - min(now, entry.stored) >= UInt64(entry.lifetime) {
                    entries[key] = nil
                }
                if entries.count >= capacity {
                    for key in entries.keys.prefix(max(1, capacity / 8)) { entries[key] = nil }
                }
            }
            entries[key] = Entry(answer: answer, stored: now, lifetime: lifetime)
        }
    }

    /// How long an answer lives, in seconds; nil where it is not to be kept.
    static func lifetime(_ answer: DNSMessage) -> UInt32? {
        guard !answer.flags.contains(.truncated) else { return nil }
        guard answer.responseCode == .noError || answer.responseCode == .nameError else { return nil }
        let shortest = (answer.answers + answer.authority).filter { $0.type != .opt }.map(\.timeToLive).min()
        let hasAnswer =
            answer.responseCode == .noError && answer.answers.contains { $0.type == answer.questions.first?.type }
        if hasAnswer { return shortest.map { min($0, 604_800) } }
        // For a negative answer the SOA says it: its own lifetime or its minimum field, whichever is less.
        guard let soa = answer.authority.first(where: { $0.type == .soa }), soa.data.count >= 4 else { return nil }
        let minimum = soa.data.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return min(shortest ?? 0, soa.timeToLive, minimum, 10_800)
    }
}
