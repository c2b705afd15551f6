import IPAddresses

/// What the kernel knows of the way to other hosts: its links, routes and neighbours (rtnetlink(7)).
package struct KernelTables: Equatable, Sendable {
    package var links: [KernelLink] = []
    package var routes: [KernelRoute] = []
    package var neighbours: [KernelNeighbour] = []

    package init() {}

    /// Takes in what a dump says.
    package mutating func take(_ message: NetlinkMessage) {
        switch message {
        case .link(let link): links.append(link)
        case .route(let route): routes.append(route)
        case .neighbour(let neighbour): if let neighbour { neighbours.append(neighbour) }
        case .done, .refused, .other: break
        }
    }
}

/// An Ethernet address: 48 bits (IEEE 802), the first byte highest.
package struct EthernetAddress: Hashable, Sendable {
    package var bits: UInt64

    package init(bits: UInt64) { self.bits = bits & 0xFFFF_FFFF_FFFF }
}

/// An interface.
package struct KernelLink: Equatable, Sendable {
    package var index: Int32
    package var address: EthernetAddress?

    /// In bytes.
    package var mtu = 0

    package init(index: Int32) { self.index = index }
}

/// A route.
package struct KernelRoute: Equatable, Sendable {
    package enum Kind: Hashable, Sendable {
        case unicast

        /// To the host itself: its addresses, broadcast, anycast and multicast.
        case own

        /// What drops or refuses, and all else.
        case other
    }

    package var prefix: IPPrefix
    package var table: UInt32
    package var kind: Kind

    /// The metric; the lowest one counts.
    package var priority: UInt32 = 0
    package var interface: Int32?

    /// The router; nil where the destination is a neighbour.
    package var gateway: IPAddress?

    /// In bytes; nil where the interface's counts.
    package var mtu: Int?

    /// Whether there is one next hop, and no condition, encapsulation or fault.
    package var isSimple = true

    /// RT_TABLE_MAIN.
    package static let mainTable: UInt32 = 254

    package init(_ prefix: IPPrefix, table: UInt32 = mainTable, kind: Kind = .unicast) {
        (self.prefix, self.table, self.kind) = (prefix, table, kind)
    }
}

/// A neighbour whose Ethernet address is known.
package struct KernelNeighbour: Equatable, Sendable {
    package var interface: Int32
    package var address: IPAddress
    package var ethernet: EthernetAddress

    package init(interface: Int32, address: IPAddress, ethernet: EthernetAddress) {
        (self.interface, self.address, self.ethernet) = (interface, address, ethernet)
    }
}
