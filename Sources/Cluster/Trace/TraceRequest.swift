import IPAddresses
import VPC

/// What to trace.
public struct TraceRequest: Hashable, Sendable {
    public var source: Endpoint
    public var destination: Endpoint
    public var ipProtocol: ProtocolChoice

    /// The destination port; TCP and UDP need one.
    public var port: UInt16?

    /// The source port; nil for all of the source's ephemeral ones.
    public var sourcePort: UInt16?

    /// An address that packets carry as their source instead of the sender's own.
    public var sourceAddress: IPAddress?
    public var ruleSet: RuleSet

    /// What a request over HTTP asks for, which rules of load balancers tell apart; nil for all requests.
    public var http: HTTPRequest?

    public init(
        from source: Endpoint, to destination: Endpoint, protocol ipProtocol: ProtocolChoice = .tcp,
        port: UInt16? = nil,
        sourcePort: UInt16? = nil, sourceAddress: IPAddress? = nil, ruleSet: RuleSet = .seed,
        http: HTTPRequest? = nil
    ) {
        self.source = source
        self.destination = destination
        self.ipProtocol = ipProtocol
        self.port = port
        self.sourcePort = sourcePort
        self.sourceAddress = sourceAddress
        self.ruleSet = ruleSet
        self.http = http
    }

    public enum ProtocolChoice: String, CaseIterable, Sendable {
        case tcp
        case udp
        /// An ICMP echo request; over IPv6 an ICMPv6 one.
        case icmp
        case icmpv6
        case sctp
        /// All protocols, each as far as it gets.
        case any
    }

    /// The packets to send to an address of the family, before anything has changed them.
    func classes(_ family: IPFamily, ephemeral: PortSet) -> [TrafficClass] {
        let source = sourcePort.map { PortSet($0) } ?? ephemeral
        let destination = port.map { PortSet($0) } ?? .all
        let tcp = TrafficClass(.tcp, sourcePorts: source, destinationPorts: destination)
        let udp = TrafficClass(.udp, sourcePorts: source, destinationPorts: destination)
        switch ipProtocol {
        case .tcp: return [tcp]
        case .udp: return [udp]
        case .sctp: return [TrafficClass(.sctp, sourcePorts: source, destinationPorts: destination)]
        case .icmp, .icmpv6: return [.echoRequest(family)]
        case .any: return port == nil ? [tcp, udp, .echoRequest(family), TrafficClass(nil)] : [tcp, udp]
        }
    }
}
