/// What a request asks for, as far as the rules of Application Load Balancers tell requests apart.
public struct HTTPRequest: Hashable, Sendable {
    /// The name in the Host header; nil for any.
    public var host: String?

    /// The path, without the query; nil for any.
    public var path: String?

    public init(host: String? = nil, path: String? = nil) {
        self.host = host
        self.path = path
    }

    /// Whether a text matches a pattern in which `*` stands for any characters and `?` for one.
    ///
    /// Linear in the text's length for each `*` of the pattern at most.
    static func matches(_ text: some StringProtocol, _ pattern: some StringProtocol) -> Bool {
        let (text, pattern) = (Array(text.utf8), Array(pattern.utf8))
        var (at, next) = (0, 0)
        var retry: (at: Int, pattern: Int)?
        while at < text.count {
            if next < pattern.count, pattern[next] == 0x2A {
                retry = (at, next)
                next += 1
            } else if next < pattern.count, pattern[next] == 0x3F || pattern[next] == text[at] {
                at += 1
                next += 1
            } else if let last = retry {
                retry = (last.at + 1, last.pattern)
                (at, next) = (last.at + 1, last.pattern + 1)
            } else {
                return false
            }
        }
        return pattern[next...].allSatisfy { $0 == 0x2A }
    }
}
