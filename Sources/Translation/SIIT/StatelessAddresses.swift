import IPAddresses

/// The addresses of a stateless translator: explicit mappings first, then the prefix (RFC 7757 3.3; RFC 6052).
public struct StatelessAddresses: Sendable {
    public var explicit = ExplicitAddressMappings()

    /// Carries the addresses that have no mapping of their own; nil where those are not translated.
    public var prefix: TranslationPrefix?

    /// The sources of ICMP errors whose IPv6 one has no IPv4 address, such as a router's (RFC 6791 3); none where they are
    /// dropped.
    public var errorSources: [IPv4Address] = []

    /// The same the other way: sources of ICMPv6 errors whose IPv4 one has no IPv6 address. No RFC has it: without it path
    /// MTU discovery breaks where explicit mappings are all there is.
    public var ipv6ErrorSources: [IPv6Address] = []

    /// Which addresses stand for themselves in an answer that comes back through the translator (RFC 7757 4): not by
    /// their mapping, but behind the prefix.
    enum Hairpin {
        case none
        /// The source of a packet.
        case source
        /// The destination of the packet that an error quotes.
        case quotedDestination
    }

    public init(prefix: TranslationPrefix?) { self.prefix = prefix }

    func ipv6(_ address: IPv4Address, behindPrefix: Bool = false) throws(PacketRefusal) -> IPv6Address {
        if !behindPrefix, let mapped = explicit.ipv6(address) { return mapped }
        guard let prefix else { throw PacketRefusal(.addressNotTranslated, .prohibited) }
        return try prefix.ipv6(address)
    }

    /// The address, and whether it is one behind the prefix.
    func ipv4(_ address: IPv6Address) throws(PacketRefusal) -> (address: IPv4Address, isBehindPrefix: Bool) {
        if let mapped = explicit.ipv4(address) { return (mapped, false) }
        guard let result = try prefix?.ipv4(address) else {
            throw PacketRefusal(.addressNotTranslated, .prohibited)
        }
        return (result, true)
    }

    /// The source of an ICMP error: one of the translator's own where it has no address (RFC 6791 3.2, 5).
    func errorSource(_ address: IPv6Address, _ random: UInt64) throws(PacketRefusal) -> IPv4Address {
        do throws(PacketRefusal) {
            return try ipv4(address).address
        } catch {
            if errorSources.isEmpty { throw error }
            return errorSources[Int(random % UInt64(errorSources.count))]
        }
    }

    /// The source of an ICMPv6 error: one of the translator's own where it has no address.
    func errorSource(_ address: IPv4Address, behindPrefix: Bool, _ random: UInt64) throws(PacketRefusal) -> IPv6Address
    {
        do throws(PacketRefusal) {
            return try ipv6(address, behindPrefix: behindPrefix)
        } catch {
            if ipv6ErrorSources.isEmpty { throw error }
            return ipv6ErrorSources[Int(random % UInt64(ipv6ErrorSources.count))]
        }
    }
}
