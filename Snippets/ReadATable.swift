//! A table of prefixes from a text, into a trie.
import IPAddresses
import PrefixTrie
import TableFile

// A file's bytes; compressed by gzip, they would do as well.
let text = """
    # prefix and next hop
    10.0.0.0/8    core
    10.1.0.0/16   edge
    2001:db8::/32 core
    """

var routes = DualStackTrie<String>()
try TableFile(Array(text.utf8)).forEachPrefix { prefix, value in
    routes.updateValue(String(decoding: value), for: prefix)
}
print(routes.longestMatch(for: IPAddress("10.1.2.3")!)!.value)  // edge

do {
    try TableFile(Array("10.0.0.0/33 core".utf8)).forEachPrefix { _, _ in }
} catch {
    print(error)  // the line, the text, and what is wrong with it
}
// snippet.hide
precondition(routes.count == 3 && routes.longestMatch(for: IPAddress("10.1.2.3")!)!.value == "edge")
