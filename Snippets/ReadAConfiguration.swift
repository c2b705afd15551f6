//! A translator out of YAML.
import Configuration
import Translation

let text = """
    router: {ipv4: 198.51.100.254, ipv6: "2001:db8:64:ffff::1"}
    translator:
      kind: nat64
      pool: [198.51.100.1]
    """
let configuration = try Configuration(text, file: "nat64.yaml")
let translator = try configuration.translator!.makeTranslator()  // any PacketProcessor
let router = configuration.router.makeRouter()
print(configuration.translator!.kind, router.ipv6!)  // nat64 2001:db8:64:ffff::1

do {
    _ = try Configuration(text.replacing("pool", with: "pools"), file: "nat64.yaml")
} catch {
    print(error)  // the file, the line, the value and the fix
}
// snippet.hide
precondition(configuration.translator!.kind == .nat64 && translator is NAT64)
precondition((try? Configuration("translator: {kind: nat65}", file: "")) == nil)
