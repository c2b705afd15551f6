extension IPv4Address {
    /// 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 (RFC 1918).
    @inlinable public var isPrivate: Bool { bits &>> 24 == 10 || bits &>> 20 == 0xAC1 || bits &>> 16 == 0xC0A8 }

    /// 100.64.0.0/10, shared by carriers with their subscribers (RFC 6598).
    @inlinable public var isShared: Bool { bits &>> 22 == 0x191 }

    /// 169.254.0.0/16 (RFC 3927).
    @inlinable public var isLinkLocal: Bool { bits &>> 16 == 0xA9FE }

    /// 127.0.0.0/8 (RFC 1122).
    @inlinable public var isLoopback: Bool { bits &>> 24 == 127 }

    /// 224.0.0.0/4 (RFC 5771).
    @inlinable public var isMulticast: Bool { bits &>> 28 == 0xE }

    /// Whether routers on the internet carry packets to it. Documentation and benchmarking blocks count as carried,
    /// since examples stand for real ones.
    @inlinable
    public var isRoutedOnInternet: Bool {
        !(isPrivate || isShared || isLinkLocal || isLoopback || isMulticast || bits &>> 24 == 0 || bits &>> 28 == 0xF)
    }
}

extension IPv6Address {
    /// fc00::/7 (RFC 4193).
    public var isUniqueLocal: Bool { bits &>> 121 == 0x7E }

    /// fe80::/10 (RFC 4291 2.5.6).
    public var isLinkLocal: Bool { bits &>> 118 == 0x3FA }

    /// ff00::/8 (RFC 4291 2.7).
    public var isMulticast: Bool { bits &>> 120 == 0xFF }

    /// ::1 (RFC 4291 2.5.3).
    public var isLoopback: Bool { bits == 1 }

    /// 2000::/3, the part of the space that is assigned as global unicast (RFC 4291 2.5.4, IANA).
    public var isGlobalUnicast: Bool { bits &>> 125 == 1 }

    /// Whether routers on the internet carry packets to it. The documentation block counts as carried, since examples
    /// stand for real ones.
    public var isRoutedOnInternet: Bool { isGlobalUnicast }
}

extension IPAddress {
    /// Whether routers on the internet carry packets to it.
    public var isRoutedOnInternet: Bool {
        switch self {
        case .v4(let address): address.isRoutedOnInternet
        case .v6(let address): address.isRoutedOnInternet
        }
    }
}
