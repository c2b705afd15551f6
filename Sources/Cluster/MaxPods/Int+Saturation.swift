// Figures come out of files that others have written: what is too large is as large as can be, and no trap.
extension Int {
    /// The product, or the largest number where that is too large.
    func timesSaturating(_ other: Int) -> Int {
        let (product, isOver) = multipliedReportingOverflow(by: other)
        return isOver ? ((self < 0) == (other < 0) ? .max : .min) : product
    }

    /// The sum, or the largest number where that is too large.
    func plusSaturating(_ other: Int) -> Int {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? (other > 0 ? .max : .min) : sum
    }
}
