/// A fault of a configuration, with its place.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    public var file: String

    /// From 1; nil where the fault is the whole file's.
    public var line: Int?

    /// The keys that lead to the place, such as `translator.pool[0]`.
    public var path: String
    public var value: String?
    public var reason: String

    public var description: String {
        var text = file
        if let line { text += ":\(line)" }
        if !path.isEmpty { text += ": \(path)" }
        if let value { text += ": “\(value)”" }
        return "\(text): \(reason)"
    }
}
