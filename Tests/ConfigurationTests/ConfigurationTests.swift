import Foundation
import IPAddresses
import TestSupport
import Testing
import Translation

@testable import Configuration

@Suite("Configurations")
struct ConfigurationTests {
    /// The examples of docs/configuration.md: each block in YAML.
    static let examples: [String] = {
        let text = (try? String(contentsOfFile: ExampleCluster.root + "/docs/configuration.md", encoding: .utf8)) ?? ""
        return text.components(separatedBy: "```yaml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    }()

    @Test("Each example of the documentation is read, and its translator can be made", arguments: examples)
    func example(_ text: String) throws {
        let configuration = try Configuration(text, file: "example.yaml")
        if let translator = configuration.translator { _ = try translator.makeTranslator() }
        #expect(configuration.translator != nil || configuration.dns64 != nil)
    }

    @Test("Errors of unmapped routers come from icmp-error-sources of either family, else from the router's own")
    func errorSources() throws {
        func addresses(_ text: String) throws -> StatelessAddresses {
            let made = try Configuration(text, file: "f.yaml").translator?.makeTranslator()
            return try #require(made as? StatelessTranslator).addresses
        }
        let mapping = "translator:\n  kind: siit\n  mappings: {ipv4: 192.0.2.1, ipv6: '2001:db8::1'}\n"
        let router = "router: {ipv4: 192.0.2.254, ipv6: '2001:db8::fe'}\n"
        let fallen = try addresses(mapping + router)
        #expect(fallen.errorSources.map(\.description) == ["192.0.2.254"])
        #expect(fallen.ipv6ErrorSources.map(\.description) == ["2001:db8::fe"])
        let stated = try addresses(mapping + "  icmp-error-sources: [192.0.2.7, '2001:db8::7']\n" + router)
        #expect(stated.errorSources.map(\.description) == ["192.0.2.7"])
        #expect(stated.ipv6ErrorSources.map(\.description) == ["2001:db8::7"])
        let none = try addresses(mapping)
        #expect(none.errorSources.isEmpty && none.ipv6ErrorSources.isEmpty)
    }

    @Test("A configuration reads alike in every form of text, and faults keep their line", arguments: TextForm.allCases)
    func forms(_ form: TextForm) throws {
        for text in Self.examples {
            let configuration = try Configuration(form.bytes(text), file: "f.yaml")
            #expect("\(configuration)" == "\(try Configuration(text, file: "f.yaml"))")
        }
        for (text, start) in [
            ("# Zürich\ntranslator:\n  kind: nat46", "f.yaml:3: translator.kind: “nat46”"),
            ("# Zürich\ntranslator: [\n", "f.yaml:3: "), ("# Zürich\nrouter: \u{1}\n", "f.yaml:2: control characters"),
        ] {
            let error = #expect(throws: ConfigurationError.self) { try Configuration(form.bytes(text), file: "f.yaml") }
            #expect("\(error!)".hasPrefix(start), "\(error!)")
        }
    }

    @Test("Bytes that are not text are a fault with the file, the line, the byte and what to do")
    func malformed() throws {
        let bytes = Array("router:\n  # Z".utf8) + [0xFC]
        let error = #expect(throws: ConfigurationError.self) { try Configuration(bytes, file: "f.yaml") }
        #expect("\(error!)" == "f.yaml:2: byte 0xFC at offset 13 is not UTF-8; save the file as UTF-8")
    }

    @Test("There is an example of each translator, and of the proxy")
    func complete() throws {
        let kinds = try Self.examples.compactMap { try Configuration($0, file: "").translator?.kind }
        #expect(Set(kinds) == Set(TranslatorConfiguration.Kind.allCases))
        #expect(try Self.examples.contains { try Configuration($0, file: "").dns64 != nil })
    }

    @Test(
        "A fault names the file, the line, the place, the value and what to do",
        arguments: [
            (
                "translator:\n  kind: nat46",
                "f.yaml:2: translator.kind: “nat46”: no such choice; choose one of nat64, siit,"
            ),
            ("translator:\n  pool: 1.2.3.4", "f.yaml:2: translator: “kind” is missing; add “kind: nat64”"),
            ("translator:\n  kind: snat", "“pool” is missing; add “pool: [198.51.100.1]”"),
            (
                "translator:\n  kind: snat\n  pool: [1.2.3.4, 1.2.3.400]",
                "f.yaml:3: translator.pool[1]: “1.2.3.400”:"
            ),
            ("translator:\n  kind: snat\n  pool: 10.0.0.0/8", "at most 4,096 addresses"),
            (
                "translator:\n  kind: snat\n  pol: 1.2.3.4",
                "f.yaml:3: translator: “pol”: no such key; known keys here are kind, pool"
            ),
            (
                "translator:\n  kind: snat\n  pool: 1.2.3.4\n  ports: 5-4",
                "f.yaml:4: translator.ports: “5-4”: a range of ports"
            ),
            (
                "translator:\n  kind: nat64\n  pool: 1.2.3.4\n  prefix: 64:ff9b::/97",
                "translator.prefix: “64:ff9b::/97”"
            ),
            (
                "translator:\n  kind: nat64\n  pool: 1.2.3.4\n  prefix: 64:ff9b::/80",
                "a prefix of /80 carries no IPv4 addresses"
            ),
            (
                "translator:\n  kind: nat64\n  pool: 1.2.3.4\n  static:\n    - {protocol: tcp, inside: '::1', inside-port: 1, outside: 1.2.3.5, outside-port: 1}",
                "f.yaml:5: translator.static[0].outside: “1.2.3.5”: not one of the pool's addresses"
            ),
            (
                "translator:\n  kind: siit\n  mappings:\n    - {ipv4: 10.0.0.0/24, ipv6: '2001:db8::/125'}",
                "f.yaml:4: translator.mappings[0]: 10.0.0.0/24 has 8 bits of addresses, and 2001:db8::/125 3"
            ),
            (
                "translator:\n  kind: egress-only\n  inside: '2001:db8::/56'\n  mtu: 9",
                "f.yaml:4: translator.mtu: “9”: a whole number"
            ),
            (
                "translator:\n  kind: snat\n  pool: 1.2.3.4\n  mapping: address-and-port-dependent\n  filtering: endpoint-independent",
                "f.yaml:5: translator.filtering:"
            ),
            (
                "dns64:\n  listen: nowhere\n  upstream: 1.2.3.4",
                "f.yaml:2: dns64.listen: “nowhere”: an address and a port"
            ),
            ("a: [", "f.yaml:2: did not find"), ("translator: 5", "“kind” is missing"),
            ("", "f.yaml: the file is empty"),
            ("router:\n  ipv4: ::1", "f.yaml:2: router.ipv4: “::1”"), ("x: 1\nx: 2", "the key “x” appears twice"),
        ])
    func fault(_ text: String, _ expected: String) {
        do {
            _ = try Configuration(text, file: "f.yaml")
            Issue.record("no fault")
        } catch { #expect("\(error)".contains(expected), "\(error)") }
    }

    @Test("A static mapping that is there already is a fault with its line, once the translator is made")
    func duplicate() throws {
        let mapping = "{protocol: tcp, inside: 10.0.0.1, inside-port: 1, outside: 1.2.3.4, outside-port: 1}"
        let text = "translator:\n  kind: snat\n  pool: 1.2.3.4\n  static:\n    - \(mapping)\n    - \(mapping)"
        let translator = try #require(try Configuration(text, file: "f.yaml").translator)
        do {
            _ = try translator.makeTranslator()
            Issue.record("no fault")
        } catch { #expect("\(error)".hasPrefix("f.yaml:6: translator.static[1]:")) }
    }

    @Test("Endpoints of sockets: with and without port, of both families")
    func sockets() throws {
        let text = "dns64:\n  listen: ['127.0.0.1:5353', '[::1]:54', 192.0.2.1, '2001:db8::1']\n  upstream: 192.0.2.2"
        let dns64 = try #require(try Configuration(text, file: "").dns64)
        #expect(dns64.listen.map(\.description) == ["127.0.0.1:5353", "[::1]:54", "192.0.2.1:53", "[2001:db8::1]:53"])
    }
}

@Suite("Configurations of the gateway")
struct GatewayConfigurationTests {
    @Test("A gateway section is read with its defaults; what is not given has them")
    func defaults() throws {
        let whole = try Configuration("gateway: {device: nat64, listen: \"::1\"}", file: "f.yaml")
        let gateway = try #require(whole.gateway)
        #expect(gateway.device == "nat64" && gateway.queues == 1 && gateway.mtu == 1500 && gateway.offloads)
        #expect(gateway.listen?.port == 9464 && gateway.stateFile == nil && gateway.user == nil)
        let other = try Configuration(
            "gateway: {device: t, queues: 4, offloads: false, state: {file: /s, interval: 5}, user: nobody}",
            file: "f.yaml"
        ).gateway
        #expect(other?.queues == 4 && other?.stateFile == "/s" && other?.stateInterval == 5 && other?.user == "nobody")
        #expect(other?.offloads == false)
    }

    @Test("AF_XDP: interfaces with what they take, a prefix or an address of either family")
    func xdp() throws {
        let gateway = try Configuration(
            """
            gateway:
              device: t
              xdp:
                - {interface: eth0, take: ["64:ff9b::/96", 10.0.0.0/8]}
                - {interface: eth1, take: 198.51.100.1}
            """, file: "f.yaml"
        ).gateway
        #expect(gateway?.xdp.map(\.interface) == ["eth0", "eth1"])
        #expect(
            gateway?.xdp.map { $0.taken.map(\.description) } == [["64:ff9b::/96", "10.0.0.0/8"], ["198.51.100.1/32"]])
    }

    @Test(
        "Faults name the place, the value and what is expected",
        arguments: [
            ("gateway: {device: t, xdp: {interface: eth0}}", "take"),
            ("gateway: {device: t, xdp: {take: 0.0.0.0/0}}", "interface"),
            ("gateway: {device: t, xdp: {interface: eth0, take: 10.0.0.1/8}}", "10.0.0.1/8"),
            ("gateway: {device: t, xdp: {interface: eth0, take: []}}", "take"),
            ("gateway: {device: t, xdp: {interface: t, take: 0.0.0.0/0}}", "once"),
            (
                "gateway: {device: t, xdp: [{interface: e, take: 0.0.0.0/0}, {interface: e, take: 0.0.0.0/1}]}",
                "gateway.xdp[1]"
            ),
            ("gateway: {device: t, routes: /r, xdp: {interface: e, take: 0.0.0.0/0}}", "gateway.routes"),
            ("gateway: {queues: 2}", "device"), ("gateway: {device: a-name-that-is-too-long}", "1 to 15 bytes"),
            ("gateway: {device: a/b}", "a/b"), ("gateway: {device: t, queues: 0}", "queues"),
            ("gateway: {device: t, mtu: 100}", "mtu"), ("gateway: {device: t, state: {interval: 3}}", "file"),
            ("gateway: {device: t, listen: nowhere}", "nowhere"), ("gateway: {device: t, speed: 9}", "no such key"),
        ])
    func faults(_ text: String, _ part: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try Configuration(text, file: "f.yaml") }
        #expect("\(error)".contains("f.yaml") && "\(error)".contains(part), "\(error)")
    }
}
