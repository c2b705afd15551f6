import CLookupKernels

/// The instructions that lookups use. All give the same answers.
public enum LookupKernel: String, CaseIterable, Sendable {
    /// Only Swift, on any machine: the reference that the others are tested against.
    case portable
    /// x86-64 with AVX2, BMI and POPCNT.
    case avx2
    /// x86-64 with AVX-512 F, BW and VL.
    case avx512
    /// Arm with Advanced SIMD.
    case neon

    /// The kernels that this machine can run, the fastest last.
    public static let available: [LookupKernel] = [.portable, .neon, .avx2, .avx512].filter { kernel in
        kernel.instructions.map { lk_tree_kernels($0).batch != nil } ?? true
    }

    /// The kernel that tables use unless they are told otherwise: the one that the environment variable
    /// `DATAPLANE_LOOKUP_KERNEL` names if this machine can run it, else the fastest.
    public static let preferred: LookupKernel = {
        let forced = lk_forced_kernel().flatMap { LookupKernel(rawValue: String(cString: $0)) }
        if let forced, available.contains(forced) { return forced }
        return available.last ?? .portable
    }()

    var instructions: lk_instructions? {
        switch self {
        case .portable: nil
        case .avx2: LK_AVX2
        case .avx512: LK_AVX512
        case .neon: LK_NEON
        }
    }
}

/// The two entries of one kernel.
@usableFromInline
package struct LookupKernels: Sendable {
    @usableFromInline
    package typealias Batch =
        @convention(c) (UnsafePointer<lk_table>, UnsafeRawPointer, UnsafeMutablePointer<UInt16>, Int) -> Void
    @usableFromInline
    package typealias Single = @convention(c) (UnsafePointer<lk_table>, UnsafeRawPointer) -> UInt16

    @usableFromInline package let batch: Batch
    @usableFromInline package let single: Single

    init(batch: Batch, single: Single) {
        self.batch = batch
        self.single = single
    }

    /// Nil where the machine lacks the instructions.
    init?(_ kernels: lk_kernels) {
        guard let batch = kernels.batch, let single = kernels.single else { return nil }
        self.init(batch: batch, single: single)
    }
}
