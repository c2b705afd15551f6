import Dispatch

extension YAMLReader {
    /// Texts from this size on are read in pieces: reading takes some 150 ns a byte.
    static let largeList = 1 << 18

    /// Reads a large `kubectl get` list in pieces, on all cores.
    ///
    ///     apiVersion: v1        ┐ the frame, with an empty list
    ///     items:                ┘
    ///     - apiVersion: v1      ┐ a piece: some items, as a list of their own
    ///       kind: Pod …         ┘
    ///     - apiVersion: v1      ┐ the next piece
    ///       …                   ┘
    ///     kind: List              the frame again
    ///
    /// - Returns: nil where the text is of another form, or where anything in it is wrong: then it has to be read in one
    ///   piece, which also gives faults their line.
    static func readList(_ bytes: [UInt8]) -> Document? {
        guard bytes.count >= largeList, let (frame, items) = split(bytes) else { return nil }
        let pieces = group(items, into: 8)
        let slots = ResultSlots<Document>(count: pieces.count)
        DispatchQueue.concurrentPerform(iterations: pieces.count) { index in
            let text = String(decoding: bytes[pieces[index]], as: UTF8.self)
            if let documents = try? read(text), documents.count == 1 { slots.set(index, documents[0]) }
        }
        var elements: [Document] = []
        for index in pieces.indices {
            guard case .array(let part) = slots[index] else { return nil }
            elements += part
        }
        guard elements.count == items.count, let documents = try? read(frame), documents.count == 1,
            case .object(let members) = documents[0]
        else { return nil }
        return .object(members.map { $0.key == "items" ? ("items", .array(elements)) : $0 })
    }

    /// The text around the items, and where each item stands; nil where the text is not a single block list.
    private static func split(_ bytes: [UInt8]) -> (frame: String, items: [Range<Int>])? {
        var starts: [Int] = []
        var frame: [UInt8] = []
        var end: Int?
        var isInside = false
        var line = 0
        while line < bytes.count {
            let next = bytes[line...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
            let text = bytes[line..<next]
            let first = bytes[line]
            if first == 0x2D {
                // "- " begins an item; "---" would begin another document.
                guard isInside, end == nil, text.count > 1, bytes[line + 1] == 0x20 else { return nil }
                starts.append(line)
            } else if isInside, first == 0x20 || first == 0x0A || first == 0x0D {
                // Still the item's.
            } else {
                if isInside, end == nil { end = line }
                isInside = false
                if text.starts(with: "items:\n".utf8) || text.starts(with: "items:\r\n".utf8) {
                    guard starts.isEmpty else { return nil }
                    frame += Array("items: []\n".utf8)
                    isInside = true
                } else {
                    frame += text
                }
            }
            line = next
        }
        guard !starts.isEmpty else { return nil }
        let bounds = starts + [end ?? bytes.count]
        return (String(decoding: frame, as: UTF8.self), zip(bounds, bounds.dropFirst()).map { $0..<$1 })
    }

    /// Runs of items of about the same size.
    private static func group(_ items: [Range<Int>], into count: Int) -> [Range<Int>] {
        let size = (items.count + count - 1) / count
        return stride(from: 0, to: items.count, by: size).map { first in
            items[first].lowerBound..<items[Swift.min(first + size, items.count) - 1].upperBound
        }
    }
}
