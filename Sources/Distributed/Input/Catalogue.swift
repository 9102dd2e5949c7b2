/// Where the records of a job's sources are, on which grid, in which units: all that files' headers tell.
public struct Catalogue: Codable, Sendable {
  /// The grid that all sources share.
  public var grid: Grid
  /// The months of the job, without gaps.
  public var months: [Month]
  /// The members, the reference first; one of an empty name where there is no ensemble.
  public var members: [String]
  /// One entry for each request, in order.
  public var sources: [SourceCatalogue]
  /// What the user should know.
  public var warnings: [String]
  /// A number that changes with the files' paths, sizes or times of change.
  var fileStamp: UInt64

  /// Calendar years of the job with the range of their months in `months`.
  public var years: [(year: Int, months: Range<Int>)] {
    var years: [(year: Int, months: Range<Int>)] = []
    for (index, month) in months.enumerated() {
      if years.last?.year == month.year {
        years[years.count - 1].months = years[years.count - 1].months.lowerBound..<index + 1
      } else {
        years.append((month.year, index..<index + 1))
      }
    }
    return years
  }
}

/// Where the records of one source are.
public struct SourceCatalogue: Codable, Sendable {
  /// What the job calls the source.
  public var name: String
  /// Units of the quantity.
  public var units: String
  /// Long name of the first variable.
  public var longName: String
  /// The calendar that gives months their length.
  public var calendar: ModelCalendar
  /// Files by number.
  var files: [File]
  /// Distinct descriptions of files, those of other sources among them.
  var descriptions: [FileDescription]
  /// Numbers of the descriptions that files of this source have: few, where files are many.
  var descriptionsInUse: [Int]
  /// By member and month of the job: the record that holds it.
  var records: [[Record]]
  /// By member: the index along the member dimension.
  var memberIndices: [Int]
  /// The fields that layers and variables make; one where layers are combined.
  var fields: [Profile]
  /// Edges of the fields' layers in metres, one more than fields; empty where layers are combined.
  public var layerEdges: [Double]

  struct File: Codable, Sendable {
    var path: String
    var description: Int
  }

  struct Record: Codable, Sendable {
    var file: Int
    var index: Int

    /// A month that is not there.
    static let gap = Record(file: -1, index: -1)

    /// Whether the month is not there.
    var isGap: Bool { file < 0 }
  }

  /// Units of the first variable in the files.
  public var storedUnits: String { firstDescription.variables[0].units }

  /// The number of fields of a month.
  public var fieldCount: Int { fields.count }

  /// The distinct titles of the files that hold some of the job's months, in the order of the months.
  public func titles(ofMonths months: some Sequence<Int>, member: Int = 0) -> [String] {
    var titles: [String] = []
    for month in months {
      let record = records[member][month]
      guard !record.isGap, !titles.contains(description(of: record).title) else { continue }
      titles.append(description(of: record).title)
    }
    return titles
  }

  /// First and last month of the job that a file holds; nil where none does.
  public func span(of months: [Month], member: Int = 0) -> ClosedRange<Month>? {
    guard let first = records[member].firstIndex(where: { !$0.isGap }),
      let last = records[member].lastIndex(where: { !$0.isGap })
    else { return nil }
    return months[first]...months[last]
  }

  /// Months of the job that no file holds.
  public func gapCount(member: Int = 0) -> Int { records[member].count(where: \.isGap) }

  /// The description of the file that holds a record.
  func description(of record: Record) -> FileDescription { descriptions[files[record.file].description] }

  /// The description of the first file.
  var firstDescription: FileDescription { descriptions[files[0].description] }

  /// Whether records are stored as HDF5.
  var isHDF5: Bool { descriptions.allSatisfy { $0.format.isHDF5 } }
}
