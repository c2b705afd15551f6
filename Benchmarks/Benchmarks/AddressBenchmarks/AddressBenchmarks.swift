import Benchmark
import Foundation
import IPAddresses

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// 1,024 addresses of a full table's kind, as values and as text; the same ones in each run.
private let sample: (ipv4: [IPv4Address], ipv6: [IPv6Address]) = {
    var state: UInt64 = 1
    func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
    return (
        (0..<1024).map { _ in IPv4Address(bits: UInt32(truncatingIfNeeded: next())) },
        (0..<1024).map { _ in IPv6Address(high: 0x2001_0DB8_0000_0000 | next() >> 32, low: next() >> (next() & 63)) }
    )
}()

private let ipv4Texts = sample.ipv4.map(\.description)
private let ipv6Texts = sample.ipv6.map(\.description)
private let ipv6Bytes = ipv6Texts.map { Array($0.utf8) }

let benchmarks: @Sendable () -> Void = {
    // An iteration is 1,024 addresses: divide the times by that.
    Benchmark.defaultConfiguration = .init(metrics: [.wallClock], scalingFactor: .one, maxDuration: .milliseconds(300))

    Benchmark("ipv6 parse × 1024") { _ in
        for text in ipv6Texts { blackHole(IPv6Address(text)) }
    }
    Benchmark("ipv6 format × 1024") { _ in
        for address in sample.ipv6 { blackHole(address.description) }
    }
    Benchmark("floor: a String of the same bytes × 1024") { _ in
        for bytes in ipv6Bytes { blackHole(bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }) }
    }
    Benchmark("ipv4 parse × 1024") { _ in
        for text in ipv4Texts { blackHole(IPv4Address(text)) }
    }
    Benchmark("ipv4 format × 1024") { _ in
        for address in sample.ipv4 { blackHole(address.description) }
    }
    Benchmark("peer: inet_pton ipv6 × 1024") { _ in
        var result = in6_addr()
        for text in ipv6Texts { blackHole(inet_pton(AF_INET6, text, &result)) }
    }
    Benchmark("peer: inet_pton ipv4 × 1024") { _ in
        var result = in_addr()
        for text in ipv4Texts { blackHole(inet_pton(AF_INET, text, &result)) }
    }
    Benchmark("peer: inet_ntop ipv6 × 1024, with a String made of it") { _ in
        var buffer = [CChar](repeating: 0, count: 46)
        for address in sample.ipv6 {
            var bytes = address.bits.bigEndian
            inet_ntop(AF_INET6, &bytes, &buffer, 46)
            blackHole(buffer.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } })
        }
    }
}
