/// A link type's number and name.
///
/// Source: tcpdump.org, "Link-layer header types", without the LINKTYPE_ in front; those that captures of several interfaces are
/// likely to have.
public struct LinkTypeName: Hashable, Sendable, CustomStringConvertible {
    public var number: UInt16

    public init(_ number: UInt16) { self.number = number }

    /// Nil where it is not known here.
    public var name: String? {
        if (147...162).contains(number) { return "USER\(number - 147)" }
        return Self.names[number]
    }

    public var description: String { name.map { "\(number) (\($0))" } ?? "\(number)" }

    private static let names: [UInt16: String] = [
        0: "NULL", 1: "ETHERNET", 3: "AX25", 6: "IEEE802_5", 7: "ARCNET_BSD", 8: "SLIP", 9: "PPP", 10: "FDDI",
        50: "PPP_HDLC", 51: "PPP_ETHER", 100: "ATM_RFC1483", 101: "RAW", 104: "C_HDLC", 105: "IEEE802_11",
        107: "FRELAY", 108: "LOOP", 113: "LINUX_SLL", 114: "LTALK", 117: "PFLOG", 119: "IEEE802_11_PRISM",
        122: "IP_OVER_FC", 127: "IEEE802_11_RADIOTAP", 129: "ARCNET_LINUX", 138: "APPLE_IP_OVER_IEEE1394",
        139: "MTP2_WITH_PHDR", 140: "MTP2", 141: "MTP3", 142: "SCCP", 143: "DOCSIS", 144: "LINUX_IRDA",
        163: "IEEE802_11_AVS", 166: "PPP_PPPD", 169: "GPRS_LLC", 177: "LINUX_LAPD", 182: "MFR",
        187: "BLUETOOTH_HCI_H4", 189: "USB_LINUX", 192: "PPI", 195: "IEEE802_15_4_WITHFCS", 197: "ERF",
        201: "BLUETOOTH_HCI_H4_WITH_PHDR", 203: "LAPD", 204: "PPP_WITH_DIR", 205: "C_HDLC_WITH_DIR",
        206: "FRELAY_WITH_DIR", 209: "IPMB_LINUX", 215: "IEEE802_15_4_NONASK_PHY", 220: "USB_LINUX_MMAPPED",
        224: "FC_2", 226: "IPNET", 227: "CAN_SOCKETCAN", 228: "IPV4", 229: "IPV6", 230: "IEEE802_15_4_NOFCS",
        231: "DBUS", 239: "NFLOG", 240: "NETANALYZER", 242: "IPOIB", 243: "MPEG_2_TS", 247: "INFINIBAND", 248: "SCTP",
        249: "USBPCAP", 251: "BLUETOOTH_LE_LL", 252: "WIRESHARK_UPPER_PDU", 253: "NETLINK",
        254: "BLUETOOTH_LINUX_MONITOR", 256: "BLUETOOTH_LE_LL_WITH_PHDR", 258: "PKTAP", 259: "EPON", 264: "ISO_14443",
        265: "RDS", 266: "USB_DARWIN", 271: "VSOCK", 272: "NORDIC_BLE", 274: "ETHERNET_MPACKET", 276: "LINUX_SLL2",
    ]
}
