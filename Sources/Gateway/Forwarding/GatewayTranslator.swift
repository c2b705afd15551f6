import IPAddresses
import Packets
import Translation

/// A translator as the gateway drives it: batches, uncut segments, and what it remembers.
public protocol GatewayTranslator: Sendable {
    /// Translates packets of one buffer in place, in their order.
    func translate(
        _ bytes: inout MutableRawSpan, _ ranges: Span<Range<Int>>, into verdicts: inout MutableSpan<PacketVerdict>,
        now: MonotonicTime, random: UInt64)

    /// Translates segments that have not been cut yet, as one packet.
    ///
    /// `segment`: the length of the longest packet that they will be cut into, in bytes.
    func translateSegments(
        _ bytes: inout MutableRawSpan, _ range: Range<Int>, segment: Int, now: MonotonicTime, random: UInt64
    ) -> PacketVerdict

    func takeHeldFragment(now: MonotonicTime) -> [UInt8]?

    /// A SYN from outside that nothing took for so long that its sender is to be told now.
    func takeUnansweredSYN(now: MonotonicTime) -> [UInt8]?

    @discardableResult
    func expire(now: MonotonicTime, limit: Int) -> Int

    /// How many packets were refused, by reason.
    func refusals(_ reason: Refusal) -> UInt64

    /// How many connections and mappings there are.
    var connections: Int { get }

    /// Writes connections to a file.
    ///
    /// - Returns: how many; nil where the translator remembers nothing that is worth it.
    func save(_ file: StateFile, now: MonotonicTime) throws(StateFile.Failure) -> Int?

    /// Opens the connections of a file again.
    func restore(_ file: StateFile, now: MonotonicTime) throws(StateFile.Failure) -> RestoreSummary

    /// Takes over the connections of another translator; those that do not fit this one are left.
    func takeOver(_ other: any GatewayTranslator, now: MonotonicTime) -> RestoreSummary
}

extension GatewayTranslator {
    public func takeUnansweredSYN(now: MonotonicTime) -> [UInt8]? { nil }
    public func save(_ file: StateFile, now: MonotonicTime) throws(StateFile.Failure) -> Int? { nil }
    public func restore(_ file: StateFile, now: MonotonicTime) throws(StateFile.Failure) -> RestoreSummary { .init() }
    public func takeOver(_ other: any GatewayTranslator, now: MonotonicTime) -> RestoreSummary { .init() }
}

/// The gateway's way of driving whichever translator.
public func gatewayTranslator(_ translator: any PacketProcessor) throws -> any GatewayTranslator {
    switch translator {
    case let nat as NAT64: try NAT64Gateway(nat)
    case let nat as IPv4PacketNAT: try IPv4Gateway(nat)
    case let gateway as PacketTranslator<IPv6HeaderChain, EgressOnlyFlows>: try FamilyGateway(gateway)
    case let services as DualStackServices: ServicesGateway(services)
    default: PlainGateway(translator)
    }
}

/// NAT64, and the same for segments, which no MTU binds: these are cut later.
struct NAT64Gateway: GatewayTranslator {
    let nat: NAT64
    private let unbound: NAT64

    init(_ nat: NAT64) throws {
        self.nat = nat
        var options = nat.headers.options
        (options.ipv4MTU, options.ipv6MTU, options.lowestIPv6MTU) = (0xFFFF, 0xFFFF, 0xFFFF)
        unbound = try NAT64(
            nat.translator, prefix: nat.prefix, options: options, answersOutside: nat.answersOutside)
    }

    func translate(
        _ bytes: inout MutableRawSpan, _ ranges: Span<Range<Int>>, into verdicts: inout MutableSpan<PacketVerdict>,
        now: MonotonicTime, random: UInt64
    ) { nat.translate(&bytes, ranges, into: &verdicts, now: now, random: random) }

    func translateSegments(
        _ bytes: inout MutableRawSpan, _ range: Range<Int>, segment: Int, now: MonotonicTime, random: UInt64
    ) -> PacketVerdict {
        // The header that they get is 20 bytes longer or shorter.
        let isIPv4 = bytes.bytes.uint8(at: range.lowerBound) >> 4 == 4
        let options = nat.headers.options
        if isIPv4, segment + 20 > options.ipv6MTU {
            nat.refusals.count(.packetTooBig)
            return .refused(PacketRefusal(.packetTooBig, .tooBig(mtu: options.ipv6MTU - 20)))
        }
        if !isIPv4, segment - 20 > options.ipv4MTU {
            nat.refusals.count(.packetTooBig)
            return .refused(PacketRefusal(.packetTooBig, .tooBig(mtu: options.ipv4MTU + 20)))
        }
        return unbound.translate(&bytes, range, now: now, random: random)
    }

    func takeHeldFragment(now: MonotonicTime) -> [UInt8]? { nat.takeHeldFragment(now: now) }
    func takeUnansweredSYN(now: MonotonicTime) -> [UInt8]? { nat.takeUnansweredSYN(now: now) }
    func expire(now: MonotonicTime, limit: Int) -> Int { nat.expire(now: now, limit: limit) }
    func refusals(_ reason: Refusal) -> UInt64 { nat.refusals[reason] }
    var connections: Int { nat.translator.table.count }

    func save(_ file: StateFile, now: MonotonicTime) throws(StateFile.Failure) -> Int? {
        try file.write(nat.translator.table, now: now)
    }

    func restore(_ file: StateFile, now: MonotonicTime) throws(StateFile.Failure) -> RestoreSummary {
        try file.restore(into: nat.translator, now: now)
    }

    func takeOver(_ other: any GatewayTranslator, now: MonotonicTime) -> RestoreSummary {
        guard let other = other as? NAT64Gateway else { return RestoreSummary() }
        return NAPTFlows(nat.translator).takeOver(other.nat.translator.table, now: now)
    }
}

/// A translator within one family, and the same for segments, which no MTU binds.
///
/// Called through ``GatewayTranslator``, it would be generic code down to each packet; so it is made for its types.
struct FamilyGateway<Header: IPHeader, Flows: FlowTranslator>: GatewayTranslator where Header.Address == Flows.Address {
    let translator: PacketTranslator<Header, Flows>
    private let unbound: PacketTranslator<Header, Flows>

    init(_ translator: PacketTranslator<Header, Flows>) throws {
        self.translator = translator
        var options = translator.options
        options.mtu = nil
        unbound = try PacketTranslator(translator.flows, options: options)
    }

    @specialized(where Header == IPv4Header, Flows == NAPTFlows<IPv4Address>)
    @specialized(where Header == IPv6HeaderChain, Flows == EgressOnlyFlows)
    func translate(
        _ bytes: inout MutableRawSpan, _ ranges: Span<Range<Int>>, into verdicts: inout MutableSpan<PacketVerdict>,
        now: MonotonicTime, random: UInt64
    ) { translator.translate(&bytes, ranges, into: &verdicts, now: now, random: random) }

    @specialized(where Header == IPv4Header, Flows == NAPTFlows<IPv4Address>)
    @specialized(where Header == IPv6HeaderChain, Flows == EgressOnlyFlows)
    func translateSegments(
        _ bytes: inout MutableRawSpan, _ range: Range<Int>, segment: Int, now: MonotonicTime, random: UInt64
    ) -> PacketVerdict {
        if let mtu = translator.options.mtu, segment > mtu {
            translator.refusals.count(.packetTooBig)
            return .refused(PacketRefusal(.packetTooBig, .tooBig(mtu: mtu)))
        }
        return unbound.translate(&bytes, range, now: now, random: random)
    }

    func takeHeldFragment(now: MonotonicTime) -> [UInt8]? { translator.takeHeldFragment(now: now) }
    func takeUnansweredSYN(now: MonotonicTime) -> [UInt8]? { translator.takeUnansweredSYN(now: now) }
    func expire(now: MonotonicTime, limit: Int) -> Int { translator.expire(now: now, limit: limit) }
    func refusals(_ reason: Refusal) -> UInt64 { translator.refusals[reason] }
    var connections: Int { translator.flows.table.count }

    func save(_ file: StateFile, now: MonotonicTime) throws(StateFile.Failure) -> Int? {
        try file.write(translator.flows.table, now: now)
    }

    func restore(_ file: StateFile, now: MonotonicTime) throws(StateFile.Failure) -> RestoreSummary {
        try translator.flows.restore(file, now: now)
    }

    func takeOver(_ other: any GatewayTranslator, now: MonotonicTime) -> RestoreSummary {
        guard let other = other as? Self else { return RestoreSummary() }
        return translator.flows.takeOver(other.translator.flows.table, now: now)
    }
}

typealias IPv4Gateway = FamilyGateway<IPv4Header, NAPTFlows<IPv4Address>>

/// Services of both families.
struct ServicesGateway: GatewayTranslator {
    let services: DualStackServices

    init(_ services: DualStackServices) { self.services = services }

    func translate(
        _ bytes: inout MutableRawSpan, _ ranges: Span<Range<Int>>, into verdicts: inout MutableSpan<PacketVerdict>,
        now: MonotonicTime, random: UInt64
    ) { services.processEach(&bytes, ranges, into: &verdicts, now: now, random: random) }

    func translateSegments(
        _ bytes: inout MutableRawSpan, _ range: Range<Int>, segment: Int, now: MonotonicTime, random: UInt64
    ) -> PacketVerdict { services.process(&bytes, range, now: now, random: random) }

    func takeHeldFragment(now: MonotonicTime) -> [UInt8]? { services.takeHeldFragment(now: now) }
    func expire(now: MonotonicTime, limit: Int) -> Int { services.expire(now: now, limit: limit) }
    func refusals(_ reason: Refusal) -> UInt64 { services.ipv4.refusals[reason] + services.ipv6.refusals[reason] }
    var connections: Int { services.ipv4.flows.table.count + services.ipv6.flows.table.count }

    // A file for each family.
    func save(_ file: StateFile, now: MonotonicTime) throws(StateFile.Failure) -> Int? {
        try file.beside(".ipv4").write(services.ipv4.flows.table, now: now)
            + file.beside(".ipv6").write(services.ipv6.flows.table, now: now)
    }

    func restore(_ file: StateFile, now: MonotonicTime) throws(StateFile.Failure) -> RestoreSummary {
        try services.ipv4.flows.restore(file.beside(".ipv4"), now: now)
            + services.ipv6.flows.restore(file.beside(".ipv6"), now: now)
    }

    func takeOver(_ other: any GatewayTranslator, now: MonotonicTime) -> RestoreSummary {
        guard let other = (other as? Self)?.services else { return RestoreSummary() }
        return services.ipv4.flows.takeOver(other.ipv4.flows.table, now: now)
            + services.ipv6.flows.takeOver(other.ipv6.flows.table, now: now)
    }
}

/// Any other translator: without state.
struct PlainGateway: GatewayTranslator {
    let translator: any PacketProcessor

    init(_ translator: any PacketProcessor) { self.translator = translator }

    func translate(
        _ bytes: inout MutableRawSpan, _ ranges: Span<Range<Int>>, into verdicts: inout MutableSpan<PacketVerdict>,
        now: MonotonicTime, random: UInt64
    ) { translator.processEach(&bytes, ranges, into: &verdicts, now: now, random: random) }

    func translateSegments(
        _ bytes: inout MutableRawSpan, _ range: Range<Int>, segment: Int, now: MonotonicTime, random: UInt64
    ) -> PacketVerdict { translator.process(&bytes, range, now: now, random: random) }

    func takeHeldFragment(now: MonotonicTime) -> [UInt8]? { translator.takeHeldFragment(now: now) }
    func expire(now: MonotonicTime, limit: Int) -> Int { translator.expire(now: now, limit: limit) }
    func refusals(_ reason: Refusal) -> UInt64 { translator.refusals[reason] }
    var connections: Int { 0 }
}

extension PacketProcessor {
    /// One packet after another.
    func processEach(
        _ bytes: inout MutableRawSpan, _ ranges: Span<Range<Int>>, into verdicts: inout MutableSpan<PacketVerdict>,
        now: MonotonicTime, random: UInt64
    ) {
        for index in ranges.indices {
            let mixed = (random &+ UInt64(index)) &* 0xBF58_476D_1CE4_E5B9
            verdicts[index] = process(&bytes, ranges[index], now: now, random: mixed ^ mixed >> 31)
        }
    }
}
