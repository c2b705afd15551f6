/// The forms that a text's file takes on the way from one machine to another.
public enum TextForm: String, CaseIterable, Sendable {
    case plain
    case markedUTF8
    case utf16LittleEndian
    case utf16BigEndian
    case carriageReturns

    /// As Windows PowerShell writes it: UTF-16 with its mark, and carriage returns.
    case powerShell

    /// The file's bytes in this form.
    public func bytes(_ text: String) -> [UInt8] {
        switch self {
        case .plain: Array(text.utf8)
        case .markedUTF8: [0xEF, 0xBB, 0xBF] + Array(text.utf8)
        case .utf16LittleEndian: [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        case .utf16BigEndian: [0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        case .carriageReturns: Array(Self.withCarriageReturns(text).utf8)
        case .powerShell: Self.utf16LittleEndian.bytes(Self.withCarriageReturns(text))
        }
    }

    private static func withCarriageReturns(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar == "\n" { result.unicodeScalars.append("\r") }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
