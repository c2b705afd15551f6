import IPAddresses
import Yams

/// A place in a configuration: faults that it makes name the file, the line and the keys.
struct Place {
    let node: Node
    let file: String
    let path: String

    func fault(_ reason: String) -> ConfigurationError {
        ConfigurationError(
            file: file, line: node.mark.map { $0.line }, path: path,
            value: node.scalar.map { String($0.string.prefix(80)) },
            reason: reason)
    }

    // MARK: Members

    /// The members, which have to be among those that are known.
    func members(_ known: [String]) throws(ConfigurationError) -> Members {
        guard case .mapping(let mapping) = node else { throw fault("“key: value” lines are expected here") }
        var values: [String: Place] = [:]
        for (key, value) in mapping {
            let name = key.scalar?.string ?? ""
            let place = Place(node: value, file: file, path: path.isEmpty ? name : "\(path).\(name)")
            guard known.contains(name) else {
                throw Place(node: key, file: file, path: path).fault(
                    "no such key; known keys here are \(known.joined(separator: ", "))")
            }
            // Null is as good as absent.
            if let scalar = value.scalar, scalar.style == .plain, scalar.string.isEmpty || scalar.string == "null" {
                continue
            }
            values[name] = place
        }
        return Members(place: self, values: values)
    }

    func elements() throws(ConfigurationError) -> [Place] {
        // One element may stand for a list of one.
        guard case .sequence(let sequence) = node else { return [self] }
        return sequence.enumerated().map { Place(node: $1, file: file, path: "\(path)[\($0)]") }
    }

    // MARK: Values

    func string() throws(ConfigurationError) -> String {
        guard let scalar = node.scalar else { throw fault("one value is expected here, not a list or a mapping") }
        return scalar.string
    }

    func parse<Value: TextualAddress>(_ type: Value.Type = Value.self) throws(ConfigurationError) -> Value {
        let text = try string()
        do throws(AddressParseError) {
            return try Value(parsing: text)
        } catch {
            throw fault("\(error)")
        }
    }

    func integer(_ range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
        guard let value = Int(try string()), range.contains(value) else {
            throw fault("a whole number from \(range.lowerBound) to \(range.upperBound) is expected here")
        }
        return value
    }

    func bool() throws(ConfigurationError) -> Bool {
        switch try string() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw fault("true or false is expected here")
        }
    }

    /// One of an enumeration's names, in the kebab case of configurations.
    func choice<Choice: CaseIterable & RawRepresentable<String>>(_ type: Choice.Type) throws(ConfigurationError)
        -> Choice
    {
        let text = try string()
        if let choice = Choice.allCases.first(where: { $0.rawValue.kebabCase == text }) { return choice }
        let names = Choice.allCases.map(\.rawValue.kebabCase).joined(separator: ", ")
        throw fault("no such choice; choose one of \(names)")
    }

    func ports() throws(ConfigurationError) -> ClosedRange<UInt16> {
        let parts = try string().split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
        guard parts.count == 2, let first = parts[0], let last = parts[1], first <= last, first > 0 else {
            throw fault("a range of ports is expected here, such as 1024-65535")
        }
        return first...last
    }
}

/// The members of a mapping.
struct Members {
    let place: Place
    let values: [String: Place]

    subscript(key: String) -> Place? { values[key] }

    func required(_ key: String, _ example: String) throws(ConfigurationError) -> Place {
        guard let value = values[key] else {
            var fault = place.fault("“\(key)” is missing; add “\(key): \(example)”")
            fault.value = nil
            throw fault
        }
        return value
    }

    func elements(_ key: String) throws(ConfigurationError) -> [Place] { try values[key]?.elements() ?? [] }
}

extension String {
    /// `endpointIndependent` as `endpoint-independent`.
    var kebabCase: String {
        reduce(into: "") { text, character in
            if character.isUppercase { text += "-" }
            text += character.lowercased()
        }
    }
}
