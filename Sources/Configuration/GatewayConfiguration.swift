import IPAddresses

/// What the gateway runs on: its device, its threads, what it keeps and what it reports.
public struct GatewayConfiguration: Hashable, Sendable {
    /// The TUN device; it is made where there is none.
    public var device: String

    /// Queues, each with a thread.
    public var queues = 1

    /// The device's MTU, in bytes.
    public var mtu = 1500

    /// Packets that wait for the gateway.
    public var queueLength = 10_000

    /// Whether segments are taken uncut, and checksums left to the kernel.
    public var offloads = true

    /// The user to become once the device is open.
    public var user: String?

    /// Where connections are kept over a restart, and how often they are written, in seconds.
    public var stateFile: String?
    public var stateInterval = 30

    /// A file of routes: a prefix a line, and the device that packets for it are written to, or `blackhole`. Without it packets
    /// go back to the device that they came from.
    public var routes: String?

    /// Ethernet interfaces that packets are taken from, in front of the device, by AF_XDP.
    public var xdp: [XDPConfiguration] = []

    /// Where metrics and health are served over HTTP.
    public var listen: SocketEndpoint?

    static let keys = [
        "device", "queues", "mtu", "queue-length", "offloads", "user", "state", "listen", "routes", "xdp",
    ]

    init(_ place: Place) throws(ConfigurationError) {
        let members = try place.members(Self.keys)
        let name = try members.required("device", "nat64")
        device = try name.deviceName()
        if let value = members["queues"] { queues = try value.integer(1...256) }
        if let value = members["mtu"] { mtu = try value.integer(1280...65_535) }
        if let value = members["queue-length"] { queueLength = try value.integer(1...1_000_000) }
        if let value = members["offloads"] { offloads = try value.bool() }
        user = try members["user"]?.string()
        routes = try members["routes"]?.string()
        if let value = members["state"] {
            let values = try value.members(["file", "interval"])
            stateFile = try values.required("file", "/var/lib/dataplane/connections").string()
            if let interval = values["interval"] { stateInterval = try interval.integer(1...86_400) }
        }
        if let value = members["listen"] { listen = try SocketEndpoint(value, port: 9464) }
        for place in try members.elements("xdp") {
            let interface = try XDPConfiguration(place)
            guard !xdp.contains(where: { $0.interface == interface.interface }), interface.interface != device else {
                throw place.fault("an interface is listed only once, and is not the TUN device")
            }
            xdp.append(interface)
        }
        if !xdp.isEmpty, let value = members["routes"] {
            throw value.fault("with “xdp” the kernel's routes apply: leave out “routes”, or “xdp”")
        }
    }
}

/// An Ethernet interface that packets are taken from.
public struct XDPConfiguration: Hashable, Sendable {
    public var interface: String

    /// The destinations whose packets are taken.
    public var taken: [IPPrefix] = []

    init(_ place: Place) throws(ConfigurationError) {
        let members = try place.members(["interface", "take"])
        interface = try members.required("interface", "eth0").deviceName()
        _ = try members.required("take", "[\"64:ff9b::/96\"]")
        for place in try members.elements("take") { taken.append(try place.prefix()) }
        guard !taken.isEmpty else { throw place.fault("“take” needs a prefix") }
    }
}

extension Place {
    /// An interface's name (IFNAMSIZ, with the zero, is 16).
    fileprivate func deviceName() throws(ConfigurationError) -> String {
        let name = try string()
        guard (1...15).contains(name.utf8.count), !name.contains("/"), !name.contains(" "), !name.contains("%")
        else { throw fault("a device's name of 1 to 15 bytes, without “/”, “%” and blanks, is expected here") }
        return name
    }

    /// A prefix of either family, or an address for one of a single address.
    fileprivate func prefix() throws(ConfigurationError) -> IPPrefix {
        try string().contains("/") ? try parse() : IPPrefix(host: try parse())
    }
}

extension GatewayConfiguration {
    /// Whether all but the routes, which can be read again, is the same.
    public func isSameButRoutes(_ other: GatewayConfiguration) -> Bool {
        var copy = other
        copy.routes = routes
        return copy == self
    }
}
