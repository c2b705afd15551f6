import CLookupKernels
import IPAddresses
import Synchronization

/// A key whose memory is its bits in the machine's order, so that kernels read buffers of it.
///
/// To conform, a type must be a single stored `Bits` and nothing else.
public protocol ForwardingKey: PrefixKey {}

extension UInt32: ForwardingKey {}
extension UInt128: ForwardingKey {}
extension IPv4Address: ForwardingKey {}
extension IPv6Address: ForwardingKey {}

/// Longest-prefix match at line rate: compiled from a ``RadixTrie``, equal to it in every answer, and changed alongside
/// its readers.
///
/// Many threads may look up while one changes. A ``Reader`` looks up without locks and without a read-modify-write;
/// the table's own lookups need no reader, and cost two atomic counts more. Changes wait for one another and for no
/// reader, and no reader waits for a change. Each lookup sees each change either whole or not at all.
///
///     let table = try ForwardingTable(compiling: trie)
///     var reader = table.makeReader()
///     reader.lookup(addresses, into: &nextHops)
///
/// How it works, with figures, is in docs/forwarding-table.md.
///
/// ## Topics
///
/// ### Lookups
/// - ``makeReader()``
/// - ``lookup(_:)``
///
/// ### Changes
/// - ``updateValue(_:for:)``
/// - ``removeValue(for:)``
public final class ForwardingTable<Key: ForwardingKey>: Sendable {
    @usableFromInline package let writer: ForwardingWriter
    @usableFromInline package let kernels: LookupKernels
    @usableFromInline package let view: ReaderView
    @usableFromInline package let readers: ReaderRegistry

    /// The instructions that this table's lookups use.
    public let kernel: LookupKernel

    init<Core: ForwardingCore>(core: Core, kernel: LookupKernel) {
        writer = ForwardingWriter(core)
        view = core.memory.view
        readers = core.memory.readers
        // A kernel that this machine lacks is not an error: the reference gives the same answers.
        let found = Core.kernels(for: kernel)
        kernels = found ?? Core.portableKernels
        self.kernel = found == nil ? .portable : kernel
    }

    /// The number of prefixes.
    public var count: Int { writer.withCore { $0.count } }

    /// The bytes that a lookup can reach.
    public var usedBytes: Int { writer.withCore { $0.memory.usedBytes } }

    /// The bytes that the table holds for lookups, free and retired ones included; the trie beside it is not counted.
    public var allocatedBytes: Int { writer.withCore { $0.memory.allocatedBytes } }

    /// The bytes that are kept from use until every reader has let go of them.
    public var retiredBytes: Int {
        writer.withCore { $0.memory.retired.units * $0.memory.unitBytes }
    }

    /// Checks the table's structure, and its answers against the trie's at every boundary.
    public func _invariantCheck() throws(ForwardingTableError) {
        try writer.withCore { core throws(ForwardingTableError) in try core.checkInvariants() }
    }
}

extension ForwardingTable where Key.Bits == UInt128 {
    /// Compiles a table for keys of 128 bits.
    ///
    /// - Throws: ``ForwardingTableError/nextHopOutOfRange(_:)`` where a value is above ``NextHop/maximum``.
    public convenience init(
        compiling trie: RadixTrie<Key, UInt16>, kernel: LookupKernel = .preferred
    ) throws(ForwardingTableError) {
        let bare = trie.rekeyed()
        try checkNextHops(bare)
        self.init(core: IntervalTrees(compiling: bare), kernel: kernel)
    }
}

extension ForwardingTable where Key.Bits == UInt32 {
    /// Compiles a table for keys of 32 bits.
    ///
    /// - Throws: ``ForwardingTableError/nextHopOutOfRange(_:)`` where a value is above ``NextHop/maximum``.
    public convenience init(
        compiling trie: RadixTrie<Key, UInt16>, kernel: LookupKernel = .preferred
    ) throws(ForwardingTableError) {
        let bare = trie.rekeyed()
        try checkNextHops(bare)
        self.init(core: BitmapBlocks(compiling: bare), kernel: kernel)
    }
}

// Over bare integers, of which there are two: specialised, whatever the caller's key.
private func checkNextHops<Key>(_ trie: RadixTrie<Key, UInt16>) throws(ForwardingTableError) {
    for (_, hop) in trie where hop > NextHop.maximum { throw .nextHopOutOfRange(hop) }
}

extension RadixTrie {
    /// The same prefixes with the values numbered: what a forwarding table is compiled from, and what each of its next
    /// hops stands for.
    ///
    /// - Throws: ``ForwardingTableError/tooManyNextHops(_:)`` where there are more distinct values than next hops.
    @inlinable
    public func numbered() throws(ForwardingTableError) -> (trie: RadixTrie<Key, UInt16>, values: [Value])
    where Value: Hashable {
        var numbers: [Value: Int] = [:]
        var values: [Value] = []
        var trie = RadixTrie<Key, UInt16>()
        for (prefix, value) in self {
            let number = numbers[value] ?? values.count
            if number == values.count {
                numbers[value] = number
                values.append(value)
            }
            trie.updateValue(UInt16(truncatingIfNeeded: number), for: prefix)
        }
        if values.count > Int(NextHop.maximum) + 1 { throw .tooManyNextHops(values.count) }
        return (trie, values)
    }
}
