import Foundation
import IPAddresses

/// Reads a file of text: UTF-8, or UTF-16, with a byte order mark or without. What is not text is bad input, with its
/// place.
func readText(_ path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
        throw BadInput("\(path): the file cannot be read; does it exist?")
    }
    do throws(TextEncodingError) {
        return String(decoding: try TextEncoding.decode(Array(data)), as: UTF8.self)
    } catch {
        throw BadInput("\(path):\(error.line): \(error)")
    }
}
