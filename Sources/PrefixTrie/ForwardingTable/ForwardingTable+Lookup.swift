import CLookupKernels
import IPAddresses
import Synchronization

extension ForwardingTable {
    /// The next hop of the longest prefix that holds `key`, or ``NextHop/noRoute``. From any thread.
    ///
    /// For single lookups; a thread that does many makes a ``Reader``.
    @inlinable
    public func lookup(_ key: Key) -> UInt16 {
        readers.visit {
            withUnsafePointer(to: key) { kernels.single(view.published.pointee.load(ordering: .acquiring), $0) }
        }
    }

    /// The next hops of many keys, in their order. From any thread.
    ///
    /// - Precondition: `nextHops` has room for as many as there are keys.
    @inlinable
    public func lookup(_ keys: Span<Key>, into nextHops: inout MutableSpan<UInt16>) {
        precondition(nextHops.count >= keys.count, "fewer next hops than keys")
        readers.visit { kernels.run(view.published.pointee.load(ordering: .acquiring), keys, &nextHops) }
    }

    /// Makes what a thread looks up with.
    public func makeReader() -> Reader { Reader(self) }

    /// One thread's way to look up: no lock, and no read-modify-write. Keep one for each thread, for as long as it
    /// looks up: the table keeps what a reader may still see until the reader's next lookup.
    public struct Reader: ~Copyable, Sendable {
        /// Keeps the table; what lookups use is copied out of it, so that they count no references.
        let table: ForwardingTable
        @usableFromInline let slot: ReaderSlot
        @usableFromInline let view: ReaderView
        @usableFromInline let kernels: LookupKernels

        init(_ table: ForwardingTable) {
            self.table = table
            slot = table.readers.register()
            view = table.view
            kernels = table.kernels
        }

        deinit { table.readers.unregister(slot) }

        /// The next hop of the longest prefix that holds `key`, or ``NextHop/noRoute``.
        @inlinable
        public mutating func lookup(_ key: Key) -> UInt16 {
            let memory = view.published.pointee.load(ordering: .acquiring)
            let hop = withUnsafePointer(to: key) { kernels.single(memory, $0) }
            announce()
            return hop
        }

        /// The next hops of many keys, in their order. Batches of 16 or more are the fastest.
        ///
        /// - Precondition: `nextHops` has room for as many as there are keys.
        @inlinable
        public mutating func lookup(_ keys: Span<Key>, into nextHops: inout MutableSpan<UInt16>) {
            precondition(nextHops.count >= keys.count, "fewer next hops than keys")
            kernels.run(view.published.pointee.load(ordering: .acquiring), keys, &nextHops)
            announce()
        }

        /// As above, for buffers.
        ///
        /// - Precondition: `nextHops` has room for as many as there are keys.
        @inlinable
        public mutating func lookup(
            _ keys: UnsafeBufferPointer<Key>, into nextHops: UnsafeMutableBufferPointer<UInt16>
        ) {
            precondition(nextHops.count >= keys.count, "fewer next hops than keys")
            guard let first = keys.baseAddress, let hops = nextHops.baseAddress else { return }
            kernels.batch(view.published.pointee.load(ordering: .acquiring), first, hops, keys.count)
            announce()
        }

        /// Says that this reader holds on to nothing, as each lookup does at its end. A reader that rests for long
        /// says it after the last change that it rests through, or is dropped.
        @inlinable
        public mutating func announce() {
            slot.epoch.pointee.store(view.epoch.pointee.load(ordering: .acquiring), ordering: .releasing)
        }
    }
}

extension LookupKernels {
    @inlinable
    func run<Key>(_ table: UnsafePointer<lk_table>, _ keys: Span<Key>, _ nextHops: inout MutableSpan<UInt16>) {
        keys.withUnsafeBufferPointer { keys in
            nextHops.withUnsafeMutableBufferPointer { hops in
                guard let first = keys.baseAddress, let out = hops.baseAddress else { return }
                batch(table, first, out, keys.count)
            }
        }
    }
}

extension ForwardingTable {
    /// The answers that one kernel gives on this table, by batch and one by one, for tests that compare kernels; nil
    /// where the machine lacks its instructions.
    package func answers(for keys: [Key], by kernel: LookupKernel) -> (batch: [UInt16], single: [UInt16])? {
        guard let kernels = writer.withCore({ type(of: $0).kernels(for: kernel) }) else { return nil }
        return readers.visit {
            let table = view.published.pointee.load(ordering: .acquiring)
            let batch = [UInt16](unsafeUninitializedCapacity: keys.count) { hops, count in
                count = keys.count
                keys.withUnsafeBufferPointer { keys in
                    guard let first = hops.baseAddress, let key = keys.baseAddress else { return }
                    kernels.batch(table, key, first, keys.count)
                }
            }
            return (batch, keys.map { key in withUnsafePointer(to: key) { kernels.single(table, $0) } })
        }
    }
}

extension ForwardingTable {
    /// Hands over the kernel and what it reads, for benchmarks that measure only the kernel. No change may happen
    /// meanwhile, unless readers are told of it.
    public func _withKernel<Result>(
        _ body: (
            @convention(c) (UnsafePointer<lk_table>, UnsafeRawPointer, UnsafeMutablePointer<UInt16>, Int) -> Void,
            UnsafePointer<lk_table>
        ) -> Result
    ) -> Result {
        readers.visit { body(kernels.batch, view.published.pointee.load(ordering: .acquiring)) }
    }
}
