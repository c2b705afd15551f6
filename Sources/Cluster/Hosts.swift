import IPAddresses

/// Names and their addresses, in the format of /etc/hosts.
public struct Hosts: Sendable {
    private var addresses: [String: [IPAddress]] = [:]

    public init() {}

    /// Adds an address to a name; names are compared without regard to case.
    public mutating func add(_ address: IPAddress, for name: String) {
        addresses[name.lowercased(), default: []].append(address)
    }

    /// The addresses of a name, in the file's order; empty where it is not there.
    public func addresses(of name: String) -> [IPAddress] { addresses[name.lowercased()] ?? [] }

    public var names: [String] { addresses.keys.sorted() }
}
