import Distributed

/// A look at the data of an ensemble before its cells are computed: whether the reference is the wettest member, and whether
/// members have the units of the others.
///
/// It rests on counts of cells, which add up to the same on any number of ranks.
struct MemberCheck {
  let job: JobSettings
  /// Position of the moisture among the sources.
  let moistureSource: Int
  /// Positions of the sources that fall with moisture, and whose units are looked at.
  let responses: [Int]
  /// A source's values in all members, of one of this rank's cells.
  let samples: (_ source: Int, _ position: Int) -> [Double]
  /// Number of this rank's cells.
  let cells: Int
  let communicator: Communicator

  /// What is found.
  ///
  /// Collective (`MPI_Allreduce`).
  func concerns() throws -> [String] {
    let moisture = try medians(ofSource: moistureSource)
    let listed = Array(job.members.indices)
    let strayMoisture = MemberScale.stray(moisture, order: listed, mayCollapse: nil)
    var found: [String] = []
    if let strayMoisture { found.append(text(strayMoisture, moistureSource)) }
    let strays = strayMoisture?.members ?? []
    // In parts of a dry reference responses tell nothing.
    if !strays.contains(0), let wettest = try wettest(leavingOut: strays) { return found + [wettest] }
    // From wet to dry; members whose moisture is not to be trusted have no place in it.
    let order = listed.filter { moisture[$0] > 0 && !strays.contains($0) }.sorted { moisture[$0] > moisture[$1] }
    for source in responses {
      let stray = MemberScale.stray(try medians(ofSource: source), order: order, mayCollapse: moisture)
      if let stray { found.append(text(stray, source)) }
    }
    return found
  }

  /// By member: the median over cells of its value over the reference's; NaN where there is none.
  private func medians(ofSource source: Int) throws -> [Double] {
    let members = job.members.count
    var counts = [Int](repeating: 0, count: members * RatioClasses.count)
    for position in 0..<cells {
      let values = samples(source, position)
      guard values[0] > 0 else { continue }
      for member in 0..<members {
        guard let place = RatioClasses.index(of: values[member] / values[0]) else { continue }
        counts[member * RatioClasses.count + place] += 1
      }
    }
    counts = try communicator.allReduce(counts, .sum)
    return (0..<members).map {
      RatioClasses.median(counts[$0 * RatioClasses.count..<($0 + 1) * RatioClasses.count])
    }
  }

  /// What is wrong where in most cells another member has more moisture than the reference, by more than rounding.
  private func wettest(leavingOut strays: [Int]) throws -> String? {
    var counts = [Int](repeating: 0, count: job.members.count)
    for position in 0..<cells {
      var values = samples(moistureSource, position)
      guard values[0] > 0 else { continue }
      for stray in strays { values[stray] = .nan }
      values[0] *= 1.001
      let wettest = values.indices.filter { values[$0].isFinite }.max { values[$0] < values[$1] }
      counts[wettest ?? 0] += 1
    }
    counts = try communicator.allReduce(counts, .sum)
    let all = counts.reduce(0, +)
    guard let most = counts.indices.dropFirst().max(by: { counts[$0] < counts[$1] }), (all - counts[0]) * 2 > all else {
      return nil
    }
    return
      "--members: the reference '\(job.members[0])' is not the wettest member in \(all - counts[0]) of \(counted(all, "cell")), "
      + "'\(job.members[most])' is in \(counts[most]); expected the member with its moisture unreduced: name it first"
  }

  private func text(_ stray: MemberScale.Stray, _ source: Int) -> String {
    let expression = job.requests[source].expression
    let patterns = expression.records.map(\.pattern).joined(separator: ", ")
    let names = stray.members.map { "'\(job.members[$0])'" }
    let first = job.members[stray.example]
    let list = names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
    let factor = stray.factor < 1 ? "1/\(Self.rounded(1 / stray.factor)) of" : "\(Self.rounded(stray.factor)) times"
    return
      "--\(job.requests[source].name): '\(expression.names)' in "
      + "\(patterns.replacing("{member}", with: first)) is about \(factor) that of member "
      + "'\(job.members[stray.neighbour])' in the median over cells, expected about the same; check the units of "
      + "\(list) (g for kg, percent for a fraction)"
  }

  /// One digit and zeros: medians are known to a tenth.
  private static func rounded(_ factor: Double) -> String {
    var (digits, power) = (factor, 1.0)
    while digits >= 9.5 { (digits, power) = (digits / 10, power * 10) }
    return (digits.rounded() * power).shortText
  }
}
