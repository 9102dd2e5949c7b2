/// A source of a job as its files' headers show it: a record, or several that are joined.
public struct SourceCatalogue: Codable, Sendable {
  /// What the job calls the source.
  public var name: String
  /// Units of the quantity.
  public var units: String
  /// What the quantity is, in words: the variable's long name; of several variables or records what joins theirs.
  public var longName: String
  /// The records that it is made of.
  var records: [RecordCatalogue]
  /// Whether the records have the same steps, so that they are joined before months are made of these.
  var sharesSteps: Bool
  /// How the records are joined; nil where one stands for itself.
  ///
  /// It does not travel between ranks: each makes it of the request (`join`).
  var joint: SourceJoint?
  /// How the fields of records on other grids are brought to that of the job; each rank has it of the request, too.
  var regridding: FieldRegridding?

  private enum CodingKeys: String, CodingKey { case name, units, longName, records, sharesSteps }

  /// A source of these records, in the order of the request's.
  ///
  /// - Throws: exit code 65 where their units or layers do not fit.
  init(_ request: SourceRequest, _ records: [RecordCatalogue], sharesSteps: Bool) throws {
    self.records = records
    self.sharesSteps = sharesSteps
    (name, units, longName) = (request.name, records[0].units, records[0].longName)
    try join(request)
    if request.isRate(units) {
      for record in self.records.indices { self.records[record].parts?.statistic = .mean }
    }
    guard request.expression.isJoined else { return }
    longName = request.expression.words(records.map(\.longName))
    try checkLayers(request)
  }

  /// Takes over what brings the records to the job's grid, and makes what joins them.
  ///
  /// - Throws: exit code 65 where their units do not fit.
  mutating func join(_ request: SourceRequest) throws {
    regridding = request.regridding
    guard request.expression.isJoined else { return }
    do {
      let joint = try request.expression.joint(records.map(\.units))
      self.joint = joint
      units = joint.units
    } catch let error as JobError {
      throw JobError(error.exitCode, "\(request.words.source): \(error.message)")
    }
  }

  /// Checks that the records have the same layers, and that joining them leaves amounts where the job needs some.
  private func checkLayers(_ request: SourceRequest) throws {
    let first = records[0]
    for (record, specification) in zip(records, request.expression.records).dropFirst()
    where !record.hasLayers(of: first) {
      throw JobError(
        .inputData,
        "\(request.words.source): '\(specification.text)' has \(record.layersText), "
          + "'\(request.expression.records[0].text)' has \(first.layersText); expected the same")
    }
    guard case .amounts(_, let expected) = request.layering, !UnitSpelling.areSame(units, expected) else { return }
    throw JobError(
      .inputData,
      "\(request.words.source): '\(request.expression.text)' has units '\(units)' where each source is an amount in "
        + "\(expected); expected the sum or difference of such, or one times a number")
  }

  /// The calendar that gives months their length.
  public var calendar: ModelCalendar { records[0].calendar }

  /// How far apart the steps of the source's own record are; of several that of the first.
  public var cadence: Cadence { records[0].cadence }

  /// Edges of the fields' layers in metres, one more than fields; empty where layers are combined.
  public var layerEdges: [Double] { records[0].layerEdges }

  /// What each of the records is called in its files, in the order of the request's.
  public var recordNames: [String] { records.map(\.longName) }

  /// Units of the first variable in the files; of joined records those of the quantity.
  public var storedUnits: String { joint == nil ? records[0].firstDescription.variables[0].units : units }

  /// What the CF conventions call the quantity; nil where files do not tell, or tell what these do not know in its units.
  public var standardName: String? {
    let variables = records[0].firstDescription.variables
    guard joint == nil, variables.count == 1, !hasLayers, let name = variables[0].standardName,
      StandardName.isOne(name, in: units)
    else { return nil }
    return name
  }

  /// Whether a variable of the files has several layers.
  public var hasLayers: Bool { records.contains { $0.firstDescription.variables[0].layout.length(.level) > 1 } }

  /// The number of fields of a step.
  public var fieldCount: Int { records[0].fields.count }

  /// Seconds of each step of the job, where it is finer than a month; else empty.
  var stepSeconds: [Int] { records[0].stepSeconds }

  /// The distinct titles of the files that hold some of the job's steps, in the order of the steps.
  public func titles(ofSteps steps: some Collection<Int>, member: Int = 0) -> [String] {
    records.flatMap { $0.titles(ofSteps: steps, member: member) }.reduce(into: []) { titles, title in
      if !titles.contains(title) { titles.append(title) }
    }
  }

  /// First and last month of the job that files hold, or as much of its finer steps as the job wants; nil where there is
  /// none.
  public func span(of months: [Month], member: Int = 0) -> ClosedRange<Month>? {
    guard let first = months.indices.first(where: { isThere($0, member: member) }),
      let last = months.indices.last(where: { isThere($0, member: member) })
    else { return nil }
    return months[first]...months[last]
  }

  /// Steps of the job that no file holds, or months of which files hold less than the job wants.
  public func gapCount(member: Int = 0) -> Int {
    (0..<records[0].stepCount(member: member)).count { !isThere($0, member: member) }
  }

  /// Whether files hold a step of the job, or as much of the month that it is as the job wants.
  public func isThere(_ step: Int, member: Int = 0) -> Bool {
    records.allSatisfy { $0.isThere(step, member: member) }
  }
}

extension RecordCatalogue {
  /// Steps of the job.
  fileprivate func stepCount(member: Int) -> Int { parts?.monthSeconds.count ?? stepPlaces[member].count }

  /// Whether the layers are those of another record.
  fileprivate func hasLayers(of other: RecordCatalogue) -> Bool {
    fields.count == other.fields.count && layerEdges.count == other.layerEdges.count
      && zip(layerEdges, other.layerEdges).allSatisfy { abs($0 - $1) < 1e-4 }
  }

  /// The layers in words.
  fileprivate var layersText: String {
    fields.count == 1 ? "1 field" : "\(fields.count) layers with edges \(layerEdges) m"
  }
}
