import ArgumentParser
import BenchmarkSupport
import Foundation
import IPAddresses
import Packets
import PrefixTrie
import TableFile

/// IPv6 forwarding by a full table: the header is read and checked, the next hop looked up, the hop limit counted down.
struct ForwardingBench {
    let bench: PacketBench
    let sizes: PacketSizes

    init(_ bench: PacketBench, _ sizes: PacketSizes) { (self.bench, self.sizes) = (bench, sizes) }

    func run() throws -> [BenchmarkSupport.Measurement] {
        let prefixes = try readPrefixes()
        var trie = RadixTrie<IPv6Address, UInt16>()
        for (index, prefix) in prefixes.enumerated() { trie[prefix] = UInt16(index % 250 + 1) }
        let table = try ForwardingTable(compiling: trie)
        var memory = PacketMemory(capacity: PacketMemory.capacity(bench.packets, sizes, smallest: 60))
        defer { memory.deallocate() }
        var generator = SplitMix(state: 3)
        for index in 0..<bench.packets {
            let prefix = prefixes[Int(generator.next() % UInt64(prefixes.count))]
            let host = UInt128(generator.next()) << 64 | UInt128(generator.next())
            let destination = IPv6Address(bits: prefix.bits | host & (prefix.last.bits ^ prefix.bits))
            memory.addUDP(
                from: IPv6Address(bits: 0x2001_0DB8 << 96 | UInt128(index)), 1000, to: destination,
                length: sizes.length(index, smallest: 60))
        }
        memory.save()
        var hops = [UInt16](repeating: 0, count: bench.packets)
        var reader = table.makeReader()
        forward(memory, &hops, &reader)
        for (index, range) in memory.ranges.enumerated() {
            let bytes = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(memory.bytes))
            guard hops[index] == trie.longestMatch(for: bytes.ipv6Address(at: range.lowerBound + 24))?.value,
                bytes.uint8(at: range.lowerBound + 7) == 63
            else { throw WrongPacket(text: "packet \(index) went elsewhere") }
        }
        let time = bench.measure(memory) { forward(memory, &hops, &reader) }
        // "14+ MPPS, single core": FD.io, "What is VPP?"; IPv4 and IPv6 forwarding of small packets, by a device.
        let published = sizes == .small ? 14.0 : nil
        return [
            bench.row(
                "IPv6 forwarding, \(prefixes.count) prefixes,", sizes, time, bytes: table.usedBytes,
                published: published)
        ]
    }

    private func forward(
        _ memory: PacketMemory, _ hops: inout [UInt16], _ reader: inout ForwardingTable<IPv6Address>.Reader
    ) {
        var bytes = MutableRawSpan(_unsafeBytes: memory.bytes)
        var results = hops.mutableSpan
        var start = 0
        while start < memory.ranges.count {
            let count = min(32, memory.ranges.count - start)
            var destinations = InlineArray<32, IPv6Address>(repeating: .unspecified)
            for index in 0..<count {
                let range = memory.ranges[start + index]
                // What can't be read, or has no hops left, goes nowhere: to ::, which no route is for.
                guard let header = try? IPv6Header(bytes.bytes, range), header.hopLimit > 1 else { continue }
                destinations[index] = header.destination
                bytes.set(header.hopLimit - 1, at: range.lowerBound + 7)
            }
            var found = InlineArray<32, UInt16>(repeating: 0)
            var part = found.mutableSpan
            reader.lookup(destinations.span.extracting(0..<count), into: &part)
            for index in 0..<count { results[start + index] = found[index] }
            start += count
        }
    }

    private func readPrefixes() throws -> [IPv6Prefix] {
        let path = bench.table ?? dataFile("ris-ipv6-table.txt.gz")
        var result: [IPv6Prefix] = []
        do {
            guard let data = FileManager.default.contents(atPath: path) else {
                note("\(path): can't be read; run in Benchmarks/, or name a file with --table")
                throw ExitCode(2)
            }
            try TableFile(Array(data)).forEachPrefix { prefix, _ in
                if case .v6(let prefix) = prefix { result.append(prefix) }
            }
        } catch let error as TableFile.Failure {
            note("\(path): \(error)")
            throw ExitCode(2)
        }
        return result
    }
}
