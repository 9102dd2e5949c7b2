/// Where the steps of a job's sources are, on which grid, in which units: all that files' headers tell.
public struct Catalogue: Codable, Sendable {
  /// The grid that all sources share.
  public var grid: Grid
  /// How far apart the steps of the job are.
  public var cadence: Cadence
  /// The steps of the job, in order and without gaps.
  @PackedSteps public internal(set) var steps: [Step]
  /// The members, the reference first; one of an empty name where there is no ensemble.
  public var members: [String]
  /// One entry for each request, in order.
  public var sources: [SourceCatalogue]
  /// What the user should know.
  public var warnings: [String]
  /// What was done to sources that lie on another grid, in words.
  public internal(set) var notes: [String] = []
  /// A number that changes with what the files hold: sizes, headers and a sample of the data.
  var fileStamp: UInt64
  /// The cells that hold data at any step of the job, where that is known from the headers' reading.
  var validCells: ValidCellMask?

  init(
    grid: Grid, cadence: Cadence, steps: [Step], members: [String], sources: [SourceCatalogue], warnings: [String],
    fileStamp: UInt64
  ) {
    self.grid = grid
    self.cadence = cadence
    self.steps = steps
    self.members = members
    self.sources = sources
    self.warnings = warnings
    self.fileStamp = fileStamp
  }

  /// The records of all sources, in order.
  public var records: [RecordCatalogue] { sources.flatMap(\.records) }

  /// The month of each step of the job.
  public var months: [Month] { steps.map(\.month) }

  /// Calendar years of the job with the range of their steps in `steps`.
  public var years: [(year: Int, steps: Range<Int>)] {
    var years: [(year: Int, steps: Range<Int>)] = []
    for (index, step) in steps.enumerated() {
      let year = step.year
      if let last = years.last, last.year == year {
        years[years.count - 1].steps = last.steps.lowerBound..<index + 1
      } else {
        years.append((year, index..<index + 1))
      }
    }
    return years
  }

  /// First and last step of the job in words: `2004-01/2014-12`.
  public var period: String {
    guard let first = steps.first, let last = steps.last else { return "" }
    return "\(cadence.text(of: first))/\(cadence.text(of: last))"
  }
}

/// Where the steps of one record are.
public struct RecordCatalogue: Codable, Sendable {
  /// What messages and reports call the record.
  public var name: String
  /// Units of the quantity.
  var units: String
  /// What the variables make, in words.
  var longName: String
  /// The calendar that gives months their length.
  var calendar: ModelCalendar
  /// The grid of the files, where it is not that of the job.
  var ownGrid: Grid?
  /// Files by number.
  var files: [File]
  /// Distinct descriptions of files, those of other records among them.
  var descriptions: [FileDescription]
  /// Numbers of the descriptions that files of this record have: few, where files are many.
  var descriptionsInUse: [Int]
  /// How far apart the steps of the record are.
  var cadence: Cadence
  /// By member, places in files: of each step of the job; where months are made of finer steps, of each of their parts.
  @PackedPlaces var stepPlaces: [[StepPlace]]
  /// Seconds of each step of the job, where it is finer than a month; else empty.
  @PackedIntegers var stepSeconds: [Int]
  /// How months are made of finer steps; nil where each step of the job is one of the record.
  var parts: MonthParts?
  /// By member: the index along the member dimension.
  var memberIndices: [Int]
  /// The fields that layers and variables make; one where layers are combined.
  var fields: [Profile]
  /// Edges of the fields' layers in metres, one more than fields; empty where layers are combined.
  var layerEdges: [Double]

  struct File: Codable, Sendable {
    var path: String
    var description: Int
  }

  /// The place of one step in a file.
  struct StepPlace: Sendable, Equatable {
    private var fileNumber: Int32
    private var place: Int32

    init(file: Int, index: Int) { (fileNumber, place) = (Int32(file), Int32(index)) }

    /// The file's number.
    var file: Int { Int(fileNumber) }
    /// Counts the file's steps.
    var index: Int { Int(place) }

    /// A step that is not there.
    static let gap = StepPlace(file: -1, index: -1)

    /// Whether the step is not there.
    var isGap: Bool { fileNumber < 0 }
  }

  /// The number of fields of a step.
  var fieldCount: Int { fields.count }

  /// The distinct titles of the files that hold some of the job's steps, in the order of the steps.
  func titles(ofSteps steps: some Sequence<Int>, member: Int) -> [String] {
    var titles: [String] = []
    var lastFile = -1
    for place in steps.lazy.flatMap({ stepPlaces[member][positions(ofStep: $0, member: member)] })
    where !place.isGap && place.file != lastFile {
      lastFile = place.file
      let title = description(of: place).title
      if !titles.contains(title) { titles.append(title) }
    }
    return titles
  }

  /// Whether a step of the job is there, or of finer steps as much as the job wants.
  func isThere(_ step: Int, member: Int) -> Bool {
    guard let parts else { return !stepPlaces[member][step].isGap }
    let seconds = Double(parts.members[member].seconds(ofMonth: step))
    return MonthParts.isEnough(seconds, of: parts.monthSeconds[step], share: parts.minimumShare)
  }

  /// Positions in the member's places of a step of the job.
  func positions(ofStep step: Int, member: Int) -> Range<Int> {
    parts?.members[member].parts(ofMonth: step) ?? step..<step + 1
  }

  /// Forgets all but the place of the job's first step, or the first of the finer steps that make it.
  mutating func keepFirstStep() {
    stepPlaces = stepPlaces.map { Array($0.prefix(1)) }
    parts?.keepFirst()
  }

  /// The description of the file that holds a step.
  func description(of place: StepPlace) -> FileDescription { descriptions[files[place.file].description] }

  /// The description of the first file.
  var firstDescription: FileDescription { descriptions[files[0].description] }

  /// Whether steps are stored as HDF5.
  var isHDF5: Bool { descriptions.allSatisfy { $0.format.isHDF5 } }
}

/// Places of steps by member, encoded in few bytes.
@propertyWrapper
struct PackedPlaces: Codable, Sendable {
  var wrappedValue: [[RecordCatalogue.StepPlace]]

  /// The places of one member.
  private struct Member: Codable {
    @PackedIntegers var files: [Int]
    @PackedIntegers var indices: [Int]
  }

  init(wrappedValue: [[RecordCatalogue.StepPlace]]) { self.wrappedValue = wrappedValue }

  init(from decoder: any Decoder) throws {
    wrappedValue = try decoder.singleValueContainer().decode([Member].self).map { member in
      zip(member.files, member.indices).map { RecordCatalogue.StepPlace(file: $0, index: $1) }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue.map { Member(files: $0.map(\.file), indices: $0.map(\.index)) })
  }
}
