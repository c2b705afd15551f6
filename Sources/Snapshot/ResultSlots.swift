/// One slot for each iteration of a concurrent loop.
// Unchecked: each iteration writes a slot of its own, and values are read once all are done.
final class ResultSlots<Value>: @unchecked Sendable {
    private let slots: UnsafeMutableBufferPointer<Value?>

    init(count: Int) {
        slots = .allocate(capacity: count)
        slots.initialize(repeating: nil)
    }

    deinit {
        slots.deinitialize()
        slots.deallocate()
    }

    func set(_ index: Int, _ value: Value) { slots[index] = value }

    subscript(index: Int) -> Value? { slots[index] }

    var values: [Value] { slots.compactMap { $0 } }
}
