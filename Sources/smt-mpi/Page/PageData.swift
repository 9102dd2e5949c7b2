/// A value of a page, which is null where there is none: scripts tell that from what was forgotten.
@propertyWrapper
struct OrNull<Value: Encodable>: Encodable {
  var wrappedValue: Value?

  init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}

extension OrNull: Equatable where Value: Equatable {}

/// What a page shows: the JSON that its script reads.
///
/// JSON has no NaN: what is no number is nil. The values of maps are not in it, but beside it (`PageMap.data`).
struct PageData: Encodable {
  /// The form of these data; the script knows one.
  let version = 1
  /// Name and version of the program.
  let program = "smt-mpi \(ProgramVersion.number)"
  var title = ""
  /// The command that makes the same again; nil where it is not known.
  @OrNull var command: String? = nil
  var grids: [PageGrid] = []
  var maps: [PageMap] = []
  var tables: [PageTable] = []
  var pairs: [PagePairs] = []
  var series: [PageSeries] = []
  var pictures: [PagePicture] = []
  /// What the run did; nil of a page that is not about a run.
  @OrNull var run: PageRun? = nil
  /// What may be wrong with the input of the run.
  var warnings: [String] = []
  /// What the page leaves out or shows coarser.
  var notes: [String] = []
}

/// The cells of maps.
struct PageGrid: Encodable, Equatable {
  enum Kind: String, Encodable {
    case regular, points, curvilinear
  }

  let kind: Kind
  /// Of a curvilinear grid.
  var rows: Int?
  var columns: Int?
  /// Degrees north: of the rows of a regular grid, of every cell of the others; nil where a cell has no place.
  let latitude: [Double?]
  /// Degrees east as in the file: of the columns of a regular grid, of every cell of the others.
  let longitude: [Double?]
}

/// A field of a file.
struct PageMap: Encodable {
  enum Kind: String, Encodable {
    case quantity, classes
  }

  /// A class, or a kind of status.
  struct Flag: Encodable, Equatable {
    let value: Int
    let meaning: String
  }

  struct Scale: Encodable {
    let kind: String
    /// `#rrggbb`, from the lowest value to the highest; of classes one for each of `flags`.
    let colours: [String]
    let low: Double
    let high: Double

    init(_ scale: ColourScale) {
      kind = scale.kind.rawValue
      colours = scale.colours.map(\.text)
      (low, high) = (scale.low, scale.high)
    }
  }

  /// Cells of a class.
  struct Count: Encodable, Equatable {
    let meaning: String
    let cells: Int
    /// Of the cells that have a class, 0 to 1.
    let share: Double
  }

  /// The file as the user named it.
  let file: String
  /// Index of its grid.
  let grid: Int
  let name: String
  /// The name with what is selected of further dimensions: `smt, season=humid`.
  let label: String
  let units: String
  let longName: String
  let kind: Kind
  var scale: Scale
  /// Classes, by value; nil of quantities.
  @OrNull var flags: [Flag]?
  /// Name of the element of the page that holds the values.
  let data: String
  /// Index of the map that says why cells have no value.
  @OrNull var status: Int? = nil
  /// Cells of the file, along a row and along a column, that one of the page stands for.
  let coarsened: Int
  /// Of all cells of the file.
  @OrNull var statistics: MapStatistics?
  @OrNull var histogram: Histogram?
  @OrNull var counts: [Count]?
}

/// A table of a file.
struct PageTable: Encodable {
  /// The spread of a quantity in a class.
  struct Box: Encodable, Equatable {
    let label: String
    /// 5th and 95th percentile.
    @OrNull var low: Double?
    @OrNull var high: Double?
    @OrNull var q25: Double?
    @OrNull var median: Double?
    @OrNull var q75: Double?
    @OrNull var mean: Double?
    @OrNull var n: Int?
  }

  let path: String
  let header: [String]
  let rows: [[String]]
  @OrNull var boxes: [Box]?
  /// Of the boxes.
  @OrNull var units: String?
}

/// Two quantities that belong together.
struct PagePairs: Encodable {
  struct Quantity: Encodable {
    let name: String
    let units: String
  }

  struct Statistic: Encodable {
    let name: String
    let value: Double
  }

  let title: String
  let x, y: Quantity
  /// Whether both are the same quantity in the same units.
  let isAlike: Bool
  let points: [[Double]]
  /// Quantiles of x and y to the same probabilities.
  let quantiles: [[Double]]
  let statistics: [Statistic]
}

/// Lines over a common axis.
struct PageSeries: Encodable {
  struct Axis: Encodable {
    let name: String
    let values: [Double]
    /// The values as the table has them.
    let labels: [String]
  }

  struct Line: Encodable {
    let label: String
    /// By value of the axis; nil where there is none.
    let values: [Double?]
  }

  let title: String
  let units: String
  let x: Axis
  let lines: [Line]
}

/// A picture that a run wrote.
struct PagePicture: Encodable {
  let path: String
  let svg: String
}

/// What a run did, and on what.
struct PageRun: Encodable {
  struct Phase: Encodable {
    let name: String
    /// Seconds over ranks.
    let minimum, mean, maximum: Double
  }

  let ranks: Int
  let hosts: [String]
  let wallSeconds: Double
  let phases: [Phase]
  /// Mean over maximum of the ranks' work; nil where it was not measured.
  @OrNull var balance: Double?
  /// Bytes of the rank that needed most.
  let peakMemory: Int
  let version: String
  /// ISO 8601, UTC.
  let started: String
}
