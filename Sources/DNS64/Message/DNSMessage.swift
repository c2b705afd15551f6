/// A DNS message (RFC 1035 4).
public struct DNSMessage: Hashable, Sendable {
    public var id: UInt16 = 0
    public var flags: Flags = []

    /// Without EDNS's upper bits.
    public var responseCode: ResponseCode = .noError
    public var questions: [DNSQuestion] = []
    public var answers: [DNSRecord] = []
    public var authority: [DNSRecord] = []
    public var additional: [DNSRecord] = []

    /// 0 is a standard query.
    public var operationCode: UInt8 = 0

    public struct Flags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt16

        public init(rawValue: UInt16) { self.rawValue = rawValue }

        public static let response = Flags(rawValue: 0x8000)
        public static let authoritative = Flags(rawValue: 0x0400)
        public static let truncated = Flags(rawValue: 0x0200)
        public static let recursionDesired = Flags(rawValue: 0x0100)
        public static let recursionAvailable = Flags(rawValue: 0x0080)
        /// RFC 4035 3.2.3.
        public static let authenticData = Flags(rawValue: 0x0020)
        /// RFC 4035 3.2.2.
        public static let checkingDisabled = Flags(rawValue: 0x0010)
        static let all = Flags(rawValue: 0x87F0)
    }

    public struct ResponseCode: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let noError = ResponseCode(rawValue: 0)
        public static let formatError = ResponseCode(rawValue: 1)
        public static let serverFailure = ResponseCode(rawValue: 2)
        public static let nameError = ResponseCode(rawValue: 3)
        public static let notImplemented = ResponseCode(rawValue: 4)
    }

    public init() {}

    /// The EDNS pseudo-record (RFC 6891 6.1.1); nil where the sender has no EDNS.
    public var edns: DNSRecord? { additional.first { $0.type == .opt } }

    /// Whether the sender takes DNSSEC's records (RFC 3225).
    public var wantsDNSSEC: Bool { edns.map { $0.timeToLive & 0x8000 != 0 } ?? false }

    /// The longest answer over UDP that the sender takes, in bytes.
    public var udpPayloadSize: Int { edns.map { max(512, Int($0.recordClass)) } ?? 512 }
}

/// A record's type (IANA's list).
public struct DNSType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let a = DNSType(rawValue: 1)
    public static let ns = DNSType(rawValue: 2)
    public static let cname = DNSType(rawValue: 5)
    public static let soa = DNSType(rawValue: 6)
    public static let ptr = DNSType(rawValue: 12)
    public static let aaaa = DNSType(rawValue: 28)
    public static let dname = DNSType(rawValue: 39)
    public static let opt = DNSType(rawValue: 41)
    public static let rrsig = DNSType(rawValue: 46)
}

public struct DNSQuestion: Hashable, Sendable {
    public var name: DNSName
    public var type: DNSType

    /// 1 is the internet.
    public var recordClass: UInt16

    public init(_ name: DNSName, _ type: DNSType, class recordClass: UInt16 = 1) {
        (self.name, self.type, self.recordClass) = (name, type, recordClass)
    }
}

public struct DNSRecord: Hashable, Sendable {
    public var name: DNSName
    public var type: DNSType

    /// 1 is the internet; of EDNS the payload size.
    public var recordClass: UInt16

    /// In seconds; of EDNS the extended code and flags.
    public var timeToLive: UInt32

    /// The data, with all names written out (RFC 3597 4).
    public var data: [UInt8]

    public init(_ name: DNSName, _ type: DNSType, class recordClass: UInt16 = 1, timeToLive: UInt32, data: [UInt8]) {
        (self.name, self.type, self.recordClass) = (name, type, recordClass)
        (self.timeToLive, self.data) = (timeToLive, data)
    }
}

/// Why bytes are not a DNS message.
public enum DNSError: Error, Hashable, Sendable, CustomStringConvertible {
    case truncated(at: Int)
    /// A label's first two bits are neither of a label nor of a pointer, or the name is over 255 bytes.
    case name(at: Int)
    /// A pointer does not lead back.
    case pointer(at: Int)
    /// A record's data is not as its type demands.
    case data(DNSType, at: Int)
    /// A section, or the message, is longer than messages may be.
    case tooLong

    public var description: String {
        switch self {
        case .truncated(let offset): "the message ends at byte \(offset), within a field"
        case .name(let offset): "the name at byte \(offset) has a label or a length that can't be"
        case .pointer(let offset): "the name at byte \(offset) refers to a later place, or to itself"
        case .data(let type, let offset): "the data of type \(type.rawValue) at byte \(offset) does not fit it"
        case .tooLong: "the message is longer than 65535 bytes"
        }
    }
}
