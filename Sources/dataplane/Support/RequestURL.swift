import ArgumentParser

/// The parts of a URL that decide where its request goes.
struct RequestURL {
    var host: String
    var path: String
    var port: UInt16

    /// Takes `http://` and `https://` URLs; what follows `?` or `#` is left out.
    init(_ text: String) throws {
        let schemes: [(String, UInt16)] = [("http://", 80), ("https://", 443)]
        guard let (scheme, standard) = schemes.first(where: { text.lowercased().hasPrefix($0.0) }) else {
            throw ValidationError("“\(text)” is not an http:// or https:// URL.")
        }
        let rest = text.dropFirst(scheme.count).prefix { $0 != "?" && $0 != "#" }
        let authority = rest.prefix { $0 != "/" }
        path = rest.dropFirst(authority.count).isEmpty ? "/" : String(rest.dropFirst(authority.count))
        var name = authority[...]
        port = standard
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            guard let number = UInt16(authority[authority.index(after: colon)...]) else {
                throw ValidationError("“\(text)” has no port from 0 to 65535 after its name.")
            }
            port = number
            name = authority[..<colon]
        }
        if name.isEmpty { throw ValidationError("“\(text)” names no host.") }
        host = String(name)
    }
}
