import IPAddresses
import Translation

/// `kind: nat64` and `kind: siit`.
enum NAT64Configuration {
    static let translationKeys = [
        "prefix", "policy", "traffic-class", "ipv4-mtu", "ipv6-mtu", "lowest-ipv6-mtu", "zero-udp-checksum",
    ]

    static func options(_ members: Members) throws(ConfigurationError) -> TranslationOptions {
        var options = TranslationOptions()
        if let value = members["traffic-class"], try value.string() != "copy" {
            options.trafficClass = UInt8(try value.integer(0...255))
        }
        if let value = members["ipv4-mtu"] { options.ipv4MTU = try value.integer(68...65535) }
        if let value = members["ipv6-mtu"] { options.ipv6MTU = try value.integer(1280...65535) }
        if let value = members["lowest-ipv6-mtu"] { options.lowestIPv6MTU = try value.integer(1280...65535) }
        if let value = members["zero-udp-checksum"] {
            options.zeroUDPChecksum = try value.choice(TranslationOptions.ZeroChecksum.self)
        }
        return options
    }

    static func read(_ place: Place) throws(ConfigurationError) -> Maker {
        let members = try place.members(
            NAPTReading.poolKeys + NAPTReading.behaviourKeys + translationKeys + ["answer-outside"])
        let pool = try NAPTReading.addresses(members)
        let prefix = try translationPrefix(members, policy: .rfc6052)
        let options = try options(members)
        let statics: [NAPTReading.Static<IPv6Address>] = try NAPTReading.statics(members, pool: pool)
        let capacity = try NAPTReading.connections(members)
        let answers = try members["answer-outside"]?.bool() ?? (prefix.policy == .rfc6052)
        let wide = pool.map { IPv6Address(mapping: $0) }
        let configuration = try NAPTReading.configuration(members, pool: wide)
        return { secret in
            let nat = try NAPT(configuration, capacity: capacity, secret: secret)
            try NAPTReading.add(statics, to: nat) { ($0, IPv6Address(mapping: $1)) }
            return try NAT64(nat, prefix: prefix, options: options, answersOutside: answers)
        }
    }
}

enum SIITConfiguration {
    /// `router`: whose addresses errors come from that have no other source.
    static func read(_ place: Place, router: RouterConfiguration) throws(ConfigurationError) -> Maker {
        let members = try place.members(
            ["kind", "mappings", "icmp-error-sources", "hairpinning"] + NAT64Configuration.translationKeys)
        // Without a prefix, and with mappings, only these are translated.
        var addresses = StatelessAddresses(
            prefix: members["prefix"] == nil && members["mappings"] != nil
                ? nil : try translationPrefix(members, policy: .rfc6052))
        for place in try members.elements("mappings") {
            let values = try place.members(["ipv4", "ipv6"])
            let ipv4 = try prefix(values.required("ipv4", "192.0.2.1"), IPv4Address.self)
            let ipv6 = try prefix(values.required("ipv6", "2001:db8::1"), IPv6Address.self)
            do throws(ExplicitAddressMappingError) {
                try addresses.explicit.add(ipv4, ipv6)
            } catch {
                throw place.fault("\(error)")
            }
        }
        for place in try members.elements("icmp-error-sources") {
            switch try place.parse() as IPAddress {
            case .v4(let address): addresses.errorSources.append(address)
            case .v6(let address): addresses.ipv6ErrorSources.append(address)
            }
        }
        if addresses.errorSources.isEmpty, let own = router.ipv4 { addresses.errorSources = [own] }
        if addresses.ipv6ErrorSources.isEmpty, let own = router.ipv6 { addresses.ipv6ErrorSources = [own] }
        let hairpins = try members["hairpinning"]?.bool() ?? true
        let (options, all) = (try NAT64Configuration.options(members), addresses)
        return { _ in StatelessTranslator(all, options: options, hairpins: hairpins) }
    }

    /// A prefix, or an address for one of a single address.
    private static func prefix<Key>(_ place: Place, _ type: Key.Type) throws(ConfigurationError) -> Prefix<Key>
    where Key: TextualAddress, Prefix<Key>: TextualAddress {
        try place.string().contains("/") ? try place.parse() : Prefix(host: try place.parse())
    }
}
