import IPAddresses
import Translation
import Yams

/// The configuration of `replay`, `gateway` and `dns64`: one YAML file.
public struct Configuration: Sendable {
    /// The translator; nil where the file has none.
    public var translator: TranslatorConfiguration?

    /// The router's own addresses, which errors come from.
    public var router = RouterConfiguration()

    /// The DNS64 proxy; nil where the file has none.
    public var dns64: DNS64Configuration?

    /// What the gateway runs on; nil where the file has none.
    public var gateway: GatewayConfiguration?

    static let keys = ["translator", "router", "dns64", "gateway"]

    /// Reads a configuration.
    ///
    /// - `file`: the file's name, for faults.
    /// - Throws: the first fault, with its place.
    public init(_ text: String, file: String) throws(ConfigurationError) {
        let node: Node?
        do {
            // Plain scalars are told apart here.
            node = try Yams.Parser(yaml: text, resolver: .basic).singleRoot()
        } catch let error as YamlError {
            throw Self.fault(error, file)
        } catch {
            throw ConfigurationError(file: file, path: "", reason: "\(error)")
        }
        guard let node else { throw ConfigurationError(file: file, path: "", reason: "the file is empty") }
        let members = try Place(node: node, file: file, path: "").members(Self.keys)
        if let place = members["router"] { router = try RouterConfiguration(place) }
        if let place = members["translator"] { translator = try TranslatorConfiguration(place, router: router) }
        if let place = members["gateway"] { gateway = try GatewayConfiguration(place) }
        if let place = members["dns64"] { dns64 = try DNS64Configuration(place) }
    }

    /// Reads a file's content: UTF-8, or UTF-16, with a byte order mark or without.
    ///
    /// - Throws: the first fault, with its place; that of the encoding before all others.
    public init(_ content: [UInt8], file: String) throws(ConfigurationError) {
        let text: [UInt8]
        do throws(TextEncodingError) {
            text = try TextEncoding.decode(content)
        } catch {
            throw ConfigurationError(file: file, line: error.line, path: "", reason: "\(error)")
        }
        try self.init(String(decoding: text, as: UTF8.self), file: file)
    }

    private static func fault(_ error: YamlError, _ file: String) -> ConfigurationError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ConfigurationError(file: file, line: mark.line, path: "", reason: problem)
        case .reader(let problem, let offset, _, let text):
            ConfigurationError(
                file: file, line: offset.map { TextPosition(ofCharacter: $0, in: text).line }, path: "",
                reason: problem)
        case .duplicatedKeysInMapping(let keys, let context):
            ConfigurationError(
                file: file, line: context.mark.line, path: "",
                reason: "the key \(keys.map { "“\($0)”" }.joined(separator: ", ")) appears twice")
        default: ConfigurationError(file: file, path: "", reason: "\(error)")
        }
    }
}

/// The router's own addresses, and how many errors it sends.
public struct RouterConfiguration: Sendable {
    public var ipv4: IPv4Address?
    public var ipv6: IPv6Address?

    /// ICMP errors a second, and at once.
    public var errorsPerSecond: UInt32 = 1000
    public var errorBurst: UInt32 = 50

    init() {}

    init(_ place: Place) throws(ConfigurationError) {
        let members = try place.members(["ipv4", "ipv6", "icmp-errors"])
        ipv4 = try members["ipv4"]?.parse()
        ipv6 = try members["ipv6"]?.parse()
        if let errors = members["icmp-errors"] {
            let values = try errors.members(["per-second", "burst"])
            if let value = values["per-second"] { errorsPerSecond = UInt32(try value.integer(0...1_000_000_000)) }
            if let value = values["burst"] { errorBurst = UInt32(try value.integer(0...1_000_000_000)) }
        }
    }

    public func makeRouter() -> Router {
        Router(
            ipv4: ipv4, ipv6: ipv6, limiter: RateLimiter(perSecond: errorsPerSecond, burst: errorBurst))
    }
}

/// The DNS64 proxy.
public struct DNS64Configuration: Sendable {
    /// Where it listens: an address and a port each.
    public var listen: [SocketEndpoint]

    /// The resolvers that it asks, in order.
    public var upstream: [SocketEndpoint]

    /// What the synthesized addresses are behind (RFC 6147 5.2).
    public var prefix = TranslationPrefix.wellKnown(policy: .aws)

    /// AAAA records in these do not count (RFC 6147 5.1.4).
    public var exclude: [IPv6Prefix] = []

    /// The most answers that are kept.
    public var cacheEntries = 10_000

    /// Seconds until the next upstream is asked.
    public var timeout = 2

    static let keys = ["listen", "upstream", "prefix", "policy", "exclude", "cache-entries", "timeout"]

    init(_ place: Place) throws(ConfigurationError) {
        let members = try place.members(Self.keys)
        _ = try members.required("listen", "127.0.0.1:53")
        _ = try members.required("upstream", "192.0.2.53:53")
        listen = []
        upstream = []
        for element in try members.elements("listen") { listen.append(try SocketEndpoint(element)) }
        for element in try members.elements("upstream") { upstream.append(try SocketEndpoint(element)) }
        prefix = try translationPrefix(members, policy: .aws)
        for element in try members.elements("exclude") { exclude.append(try element.parse()) }
        if let value = members["cache-entries"] { cacheEntries = try value.integer(0...10_000_000) }
        if let value = members["timeout"] { timeout = try value.integer(1...60) }
    }
}

/// An address and a port: `127.0.0.1:53`, `[::1]:53`; without a port it is the service's own.
public struct SocketEndpoint: Hashable, Sendable, CustomStringConvertible {
    public var address: IPAddress
    public var port: UInt16

    public init(_ address: IPAddress, _ port: UInt16) { (self.address, self.port) = (address, port) }

    init(_ place: Place, port: UInt16 = 53) throws(ConfigurationError) {
        let text = try place.string()
        if let address = IPAddress(text) {
            self.init(address, port)
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0,
            let address = IPAddress(String(text[..<colon].drop { $0 == "[" }.prefix { $0 != "]" }))
        else { throw place.fault("an address and a port are expected here, such as 127.0.0.1:53 or [::1]:53") }
        self.init(address, port)
    }

    public var description: String {
        switch address {
        case .v4(let address): "\(address):\(port)"
        case .v6(let address): "[\(address)]:\(port)"
        }
    }
}

/// The prefix and policy of a translator or proxy.
func translationPrefix(_ members: Members, policy defaultPolicy: AddressPolicy) throws(ConfigurationError)
    -> TranslationPrefix
{
    let policy = try members["policy"]?.choice(AddressPolicy.self) ?? defaultPolicy
    guard let place = members["prefix"] else { return .wellKnown(policy: policy) }
    let prefix: IPv6Prefix = try place.parse()
    do throws(TranslationPrefixError) {
        return try TranslationPrefix(prefix, policy: policy)
    } catch {
        throw place.fault("\(error)")
    }
}
