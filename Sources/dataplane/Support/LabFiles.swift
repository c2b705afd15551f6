import Lab

extension LabFlow {
    /// Reads a file of flows; its faults are bad input.
    static func read(_ path: String) throws -> [LabFlow] {
        let text = try readText(path)
        do throws(LabError) {
            return try parse(text, file: path)
        } catch {
            throw BadInput(error.description)
        }
    }
}
