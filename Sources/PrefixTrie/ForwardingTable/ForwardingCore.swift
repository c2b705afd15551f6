import CLookupKernels
import IPAddresses
import Synchronization

/// What a forwarding table does, whatever its layout: keys are handed over as the low bits of 128. All but the memory's
/// atomics is touched with the table's lock held.
protocol ForwardingCore: AnyObject {
    var memory: ForwardingMemory { get }

    /// The number of prefixes.
    var count: Int { get }

    /// Sets the next hop of a prefix, which has been checked.
    func update(_ nextHop: UInt16, bits: UInt128, length: Int) -> UInt16?

    /// Removes a prefix.
    func remove(bits: UInt128, length: Int) -> UInt16?

    /// The kernels of this layout; nil where the machine lacks the instructions.
    static func kernels(for kernel: LookupKernel) -> LookupKernels?

    static var portableKernels: LookupKernels { get }

    func checkInvariants() throws(ForwardingTableError)
}

/// A core and the lock that its one writer at a time holds; readers never take it.
@usableFromInline
package final class ForwardingWriter: @unchecked Sendable {
    // Unchecked, since the core is reached only through the lock.
    private let core: any ForwardingCore
    private let lock = Mutex(())

    init(_ core: any ForwardingCore) { self.core = core }

    func withCore<Result, Failure: Error>(
        _ body: (any ForwardingCore) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try lock.withLock { _ throws(Failure) in try body(core) }
    }

    // Not generic, so that an update runs through nothing that is looked up at run time.
    @usableFromInline
    package func update(_ nextHop: UInt16, bits: UInt128, length: Int) -> UInt16? {
        lock.withLock { _ in core.update(nextHop, bits: bits, length: length) }
    }

    @usableFromInline
    package func remove(bits: UInt128, length: Int) -> UInt16? {
        lock.withLock { _ in core.remove(bits: bits, length: length) }
    }
}
