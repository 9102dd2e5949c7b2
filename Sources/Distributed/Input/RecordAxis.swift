/// A dimension of a variable besides those of its grid, with its coordinate and bounds as the file has them.
public struct RecordAxis: Codable, Sendable, Hashable {
  /// A variable along the dimension.
  public struct Values: Codable, Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its type.
    public var type: NetCDFType
    /// All its values, as stored.
    public var values: [Double]
    /// Its attributes.
    public var attributes: [StoredAttribute]

    func text(_ name: String) -> String? { attributes.first { $0.name == name }?.text }
  }

  /// Its name.
  public var name: String
  /// Its length.
  public var length: Int
  /// Whether it is the steps of a record.
  public var isTime: Bool
  /// The coordinate variable; nil where there is none.
  public var coordinate: Values?
  /// Its bounds, two for each index; nil where there are none.
  public var bounds: Values?

  /// The meaning of each index where the coordinate is a category; empty where it is none, or not all have a meaning.
  ///
  /// Categories are whole numbers of 32 bits.
  var names: [String] {
    guard let coordinate, let meanings = coordinate.text("flag_meanings")?.split(separator: " ").map(String.init)
    else { return [] }
    let numbers = coordinate.attributes.first { $0.name == "flag_values" }?.numbers ?? []
    let known = Dictionary(zip(numbers, meanings), uniquingKeysWith: { first, _ in first })
    let names = coordinate.values.compactMap { known[$0] }
    let areWhole = numbers.allSatisfy { Int32(exactly: $0) != nil }
    return names.count == length && areWhole ? names : []
  }

  /// Reads the dimension of a variable with its coordinate.
  static func read(_ name: String, length: Int, isTime: Bool, in file: NetCDFFile) throws -> RecordAxis {
    var axis = RecordAxis(name: name, length: length, isTime: isTime)
    guard let variable = try file.variable(ifThere: name), file.shape(variable) == [length],
      ![.string, .character].contains(variable.type)
    else { return axis }
    axis.coordinate = Values(
      name: name, type: variable.type, values: try file.values(variable),
      attributes: file.attributes(of: variable).filter { $0.name != "bounds" && $0.name != "_FillValue" })
    if let boundsName = file.text("bounds", of: variable), let bounds = file.variable(boundsName),
      file.shape(bounds) == [length, 2]
    {
      axis.bounds = Values(name: boundsName, type: bounds.type, values: try file.values(bounds), attributes: [])
    }
    return axis
  }

  /// Steps between the first days of these intervals and those after their last, in days of a calendar.
  public init(days: [(start: Int, end: Int)], origin: Int, units: String, calendar: ModelCalendar) {
    name = "time"
    length = days.count
    isTime = true
    let attributes = [
      ("standard_name", "time"), ("long_name", "time"), ("units", units), ("calendar", calendar.rawValue),
      ("axis", "T"),
    ]
    let bounds = days.flatMap { [Double($0.start - origin), Double($0.end - origin)] }
    coordinate = Values(
      name: name, type: .double, values: days.indices.map { (bounds[2 * $0] + bounds[2 * $0 + 1]) / 2 },
      attributes: attributes.map { StoredAttribute(name: $0.0, text: $0.1) })
    self.bounds = Values(name: "time_bnds", type: .double, values: bounds, attributes: [])
  }

  private init(name: String, length: Int, isTime: Bool) {
    self.name = name
    self.length = length
    self.isTime = isTime
  }

  /// The steps of several files as one axis, in the units of the first, or in days where they differ.
  ///
  /// - Parameter paths: the files, for messages.
  /// - Throws: exit code 65 where steps have no times, or do not follow each other.
  public static func joined(_ axes: [RecordAxis], of paths: [String]) throws -> RecordAxis {
    guard var joined = axes.first, axes.count > 1 else { return axes[0] }
    joined.length = axes.reduce(0) { $0 + $1.length }
    if let missing = axes.firstIndex(where: { $0.coordinate == nil }) {
      throw JobError(
        .inputData, "\(paths[missing]): the time dimension '\(axes[missing].name)' has no coordinate variable")
    }
    let haveBounds = axes.allSatisfy { $0.bounds != nil }
    let keys = Set(axes.map { [$0.coordinate?.text("units") ?? "", $0.coordinate?.text("calendar") ?? ""] })
    let numbers = try axes.enumerated().map { index, axis in
      keys.count == 1
        ? (axis.coordinate?.values ?? [], axis.bounds?.values ?? [])
        : try days(axis, of: paths[index], as: joined)
    }
    joined.coordinate?.values = numbers.flatMap(\.0)
    joined.bounds?.values = numbers.flatMap(\.1)
    if !haveBounds { joined.bounds = nil }
    if keys.count > 1, let place = joined.coordinate?.attributes.firstIndex(where: { $0.name == "units" }) {
      joined.coordinate?.attributes[place].text = dayUnits
    }
    let values = joined.coordinate?.values ?? []
    if let place = values.indices.dropFirst().first(where: { !(values[$0] > values[$0 - 1]) }) {
      let files = axes.enumerated().flatMap { index, axis in [Int](repeating: index, count: axis.length) }
      throw JobError(
        .inputData,
        "\(paths[files[place]]): the first of its times do not follow those of \(paths[files[place - 1]]); expected files "
          + "whose times increase in the order of their names")
    }
    return joined
  }

  private static let dayUnits = "days since 1900-01-01 00:00:00"

  /// Times and bounds in days since 1900.
  private static func days(
    _ axis: RecordAxis, of path: String, as first: RecordAxis
  ) throws -> ([Double], [Double]) {
    let (unitText, calendarText) = (axis.coordinate?.text("units") ?? "", axis.coordinate?.text("calendar"))
    guard let calendar = ModelCalendar(attribute: calendarText),
      calendar == ModelCalendar(attribute: first.coordinate?.text("calendar")),
      let units = TimeUnits(unitText, calendar)
    else {
      throw JobError(
        .inputData,
        "\(path): variable '\(axis.name)' has units '\(unitText.prefix(200))' and calendar '\(calendarText ?? "")'; "
          + "expected for example 'days since 2000-01-01', and the calendar of the other files")
    }
    let origin = calendar.dayNumber(year: 1900, month: 1, day: 1)
    func days(_ values: [Double]) throws -> [Double] {
      try values.map { value in
        guard let second = units.second(of: value) else {
          throw JobError(.inputData, "\(path): variable '\(axis.name)' holds \(value) \(unitText), which is no time")
        }
        return Double(second) / 86400 - Double(origin)
      }
    }
    return (try days(axis.coordinate?.values ?? []), try days(axis.bounds?.values ?? []))
  }
}
