/// The targets that a walk takes where it has several, and the facts that it takes for given where none is known: a script of
/// what to take first, and a record of what was taken.
struct Choices {
    /// What earlier walks have settled.
    let script: [Int]
    private(set) var taken: [(index: Int, count: Int)] = []
    private(set) var share = 1.0

    /// The facts that were taken for given, and which of their options.
    private(set) var assumptions: [Fact: Int] = [:]

    init(script: [Int] = []) { self.script = script }

    /// Picks one of several weights: the script's, then the first.
    mutating func choose(_ weights: [Double]) -> Int {
        let index = take(weights.count)
        share *= weights[index] / weights.reduce(0, +)
        return index
    }

    /// Takes one option of a fact that is not known; the same one each time that the walk asks. All walks together take each.
    mutating func assume(_ fact: Fact) -> Int {
        if let known = assumptions[fact] { return known }
        let index = take(fact.options.count)
        assumptions[fact] = index
        return index
    }

    private mutating func take(_ count: Int) -> Int {
        let index = taken.count < script.count ? script[taken.count] : 0
        taken.append((index, count))
        return index
    }

    /// The script of the next walk, in the order of the targets; nil after the last one.
    var next: [Int]? {
        var rest = taken
        while let last = rest.popLast() {
            if last.index + 1 < last.count { return rest.map(\.index) + [last.index + 1] }
        }
        return nil
    }
}

/// Something that the snapshot does not say, and of which the outcome may depend.
struct Fact: Hashable, Sendable {
    var component: Component

    /// `whether cross-zone load balancing is on`.
    var question: String

    /// The answers, for people: `on`, `off`.
    var options: [String]

    /// What would say it.
    var remedy: String

    /// Whether the first option is what AWS takes unless told otherwise.
    var hasDefault = false

    static func == (left: Fact, right: Fact) -> Bool {
        left.component == right.component && left.question == right.question
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(component)
        hasher.combine(question)
    }
}
