/// Where queries go to.
public protocol DNSUpstream: Sendable {
    /// Asks a resolver.
    ///
    /// - Parameter query: a message's bytes.
    /// - Returns: the bytes of its answer, to the same question and under the same identifier; nil where none came.
    func ask(_ query: [UInt8]) async -> [UInt8]?
}

extension DNSUpstream {
    func ask(_ query: DNSMessage) async -> DNSMessage? {
        guard let bytes = try? query.encoded(), let answer = await ask(bytes) else { return nil }
        return try? DNSMessage(answer)
    }
}

/// Answers queries out of a cache, from upstream, or by synthesis.
public struct DNS64Resolver<Upstream: DNSUpstream>: Sendable {
    public let dns64: DNS64
    public let upstream: Upstream
    public let cache: DNSCache

    /// A monotonic time, in seconds.
    private let clock: @Sendable () -> UInt64

    public init(_ dns64: DNS64, upstream: Upstream, cache: DNSCache, clock: @escaping @Sendable () -> UInt64) {
        (self.dns64, self.upstream, self.cache, self.clock) = (dns64, upstream, cache, clock)
    }

    /// The answer to a query's bytes.
    ///
    /// - `limit`: the longest answer over this transport, in bytes; nil for what the query says.
    /// - Returns: nil for what can't be answered: bytes without a header, and answers.
    public func answer(_ bytes: [UInt8], limit: Int? = nil) async -> [UInt8]? {
        do throws(DNSError) {
            let query = try DNSMessage(bytes)
            if query.flags.contains(.response) { return nil }
            let limit = limit ?? query.udpPayloadSize
            if let known = known(query) { return try known.encoded(limit: limit) }
            let plan = dns64.plan(for: query)
            if plan == .pass { return try await pass(bytes, query, limit) }
            return try await answer(query, by: plan).encoded(limit: limit)
        } catch {
            return Self.formatError(bytes)
        }
    }

    public func answer(_ query: DNSMessage) async -> DNSMessage {
        if let known = known(query) { return known }
        return await answer(query, by: dns64.plan(for: query))
    }

    /// The answer to what is not a query that is answered here, and what the cache has.
    private func known(_ query: DNSMessage) -> DNSMessage? {
        if query.operationCode != 0 { return query.reply(.notImplemented) }
        if query.questions.count != 1 { return query.reply(.formatError) }
        return cache.answer(to: query, now: clock())
    }

    private func answer(_ query: DNSMessage, by plan: DNS64.Plan) async -> DNSMessage {
        let answer: DNSMessage
        switch plan {
        case .local(let message): return message
        case .pass: answer = await upstream.ask(query) ?? query.reply(.serverFailure)
        case .synthesize: answer = await synthesized(query)
        case .reverse(let target):
            guard let response = await upstream.ask(query.asking(DNSQuestion(target, .ptr))) else {
                return query.reply(.serverFailure)
            }
            answer = dns64.reversed(query, target: target, from: response)
        }
        cache.store(answer, to: query, now: clock())
        return answer
    }

    /// What is none of DNS64's concern goes up and comes back byte for byte, signatures and all.
    private func pass(_ bytes: [UInt8], _ query: DNSMessage, _ limit: Int) async throws(DNSError) -> [UInt8] {
        guard let answer = await upstream.ask(bytes) else { return try query.reply(.serverFailure).encoded() }
        let message = try? DNSMessage(answer)
        if let message { cache.store(message, to: query, now: clock()) }
        if answer.count <= limit { return answer }
        return try (message ?? query.reply(.serverFailure)).encoded(limit: limit)
    }

    private func synthesized(_ query: DNSMessage) async -> DNSMessage {
        let response = await upstream.ask(query)
        if let response, !dns64.needsSynthesis(response) { return dns64.withoutExcluded(response) ?? response }
        guard let question = query.questions.first else { return query.reply(.formatError) }
        let a = await upstream.ask(query.asking(DNSQuestion(question.name, .a)))
        return dns64.answer(query, from: a, empty: response)
    }

    /// An answer to bytes that are not a message, where there is at least an identifier (RFC 1035 4.1.1).
    private static func formatError(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= 12, bytes[2] & 0x80 == 0 else { return nil }
        var reply = DNSMessage()
        reply.id = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        reply.flags = [.response]
        reply.responseCode = .formatError
        return try? reply.encoded()
    }
}

extension DNSMessage {
    /// The same query about something else.
    func asking(_ question: DNSQuestion) -> DNSMessage {
        var query = self
        query.questions = [question]
        return query
    }
}
