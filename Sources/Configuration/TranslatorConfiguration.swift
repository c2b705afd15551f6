import IPAddresses
import Translation
import Yams

/// A translator as a configuration describes it.
public struct TranslatorConfiguration: Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case nat64, siit, snat, natGateway, egressOnly, services
    }

    public let kind: Kind

    /// Makes the translator, with its tables.
    private let make: Maker

    init(_ place: Place, router: RouterConfiguration) throws(ConfigurationError) {
        // The kind decides which keys are known.
        guard case .mapping(let mapping) = place.node, let node = mapping["kind"] else {
            throw place.fault(
                "“kind” is missing; add “kind: nat64”, or one of siit, snat, nat-gateway, egress-only, services")
        }
        kind = try Place(node: node, file: place.file, path: "\(place.path).kind").choice(Kind.self)
        make =
            switch kind {
            case .nat64: try NAT64Configuration.read(place)
            case .siit: try SIITConfiguration.read(place, router: router)
            case .snat: try NAPTReading.sourceNAT(place)
            case .natGateway: try NAPTReading.gateway(place)
            case .egressOnly: try FilterReading.egressOnly(place)
            case .services: try FilterReading.services(place)
            }
    }

    /// The translator, empty.
    ///
    /// - Throws: where there is no memory for its tables.
    public func makeTranslator(secret: ConnectionSecret = ConnectionSecret()) throws -> any PacketProcessor {
        try make(secret)
    }
}

typealias Maker = @Sendable (ConnectionSecret) throws -> any PacketProcessor
