/// Reads fields of one source on a range of rows.
///
/// Opens files as they come, combines variables and layers, and turns what is missing into NaN. Holds the fields of the
/// consecutive months that one read call got.
final class FieldReader {
  private let source: RecordCatalogue
  private let region: ReadRegion
  /// The ranks that read together; nil where this one reads alone.
  private let together: Communicator?
  private let stepsPerRead: Int
  /// Takes the chunks of compressed variables apart; nil where all is left to the library.
  private let chunks: ChunkReader?
  /// Cells wanted, counted from the first cell of the region's rows.
  private let cells: CellRuns
  private let buffer: UnsafeMutableRawPointer
  /// Fields of the steps of one read call, by field, step and cell.
  private let fields: Block
  /// Sums of the weights of the layers that are present, where a field is a mean; as `fields`.
  private let weightSums: Block?
  /// The file that is open, for other readers too.
  private let file: OpenFiles.Slot
  /// Bytes of stored numbers read so far.
  private(set) var bytesRead = 0
  /// The member, and the positions in its list of places, whose fields are held.
  private var held: (member: Int, positions: Range<Int>) = (0, 0..<0)

  /// A reader of a region's cells.
  ///
  /// With `together` all its ranks read the same steps at the same time, each on its own rows, which may be none. Where
  /// one of them fails all throw: another would wait in the next collective call for it. Without `inflatesChunks` HDF5's
  /// own filters read compressed variables, too.
  init(
    _ source: RecordCatalogue, _ region: ReadRegion, together: Communicator?, stepsPerRead: Int,
    inflatesChunks: Bool = true, file: OpenFiles.Slot = OpenFiles(readers: 1).slot(0)
  ) {
    self.source = source
    self.region = region
    self.together = together
    self.stepsPerRead = stepsPerRead
    self.file = file
    chunks = inflatesChunks ? ChunkReader() : nil
    cells =
      region.isWhole
      ? CellRuns(all: region.grid.cellCount)
      : CellRuns(region.cells, from: region.rows.lowerBound * region.grid.rowLength)
    buffer = .allocate(
      byteCount: max(8, stepsPerRead * source.largestStepBytes(rows: region.rows.count, on: region.grid)),
      alignment: 64)
    let capacity = source.fields.count * stepsPerRead * cells.count
    fields = Block(capacity: capacity)
    weightSums = source.hasMeans ? Block(capacity: capacity) : nil
  }

  deinit { buffer.deallocate() }

  /// Bytes that a reader holds.
  static func bytes(_ source: RecordCatalogue, _ grid: Grid, rows: Int, cells: Int, stepsPerRead: Int) -> Int {
    let fieldBytes = 8 * cells * source.fields.count * (source.hasMeans ? 2 : 1)
    return stepsPerRead * (source.largestStepBytes(rows: rows, on: grid) + fieldBytes)
      + source.chunkReaderBytes
  }

  /// The number of fields of a step.
  var fieldCount: Int { source.fields.count }

  /// A field of a step that is held, by cell.
  func field(_ field: Int, position: Int) -> UnsafePointer<Double> {
    let places = source.stepPlaces[held.member]
    let first = places[held.positions.lowerBound]
    // A step that lies in several months is read once and stands at as many positions.
    let place = first.isGap ? position - held.positions.lowerBound : places[position].index - first.index
    return UnsafePointer(fields.pointer + offset(field, place))
  }

  /// Makes the step at a position of the member's list of places one of those that are held; those up to `end` may be
  /// read with it.
  func load(member: Int, position: Int, upTo end: Int) throws {
    guard held.member != member || !held.positions.contains(position) else { return }
    let places = source.stepPlaces[member]
    // Steps that lie one after the other in a file are one read call.
    let first = places[position]
    var (next, count) = (position + 1, 1)
    while next < end, places[next].file == first.file {
      let isSame = !first.isGap && places[next].index == first.index + count - 1
      if !isSame {
        guard count < stepsPerRead, places[next].index == first.index + (first.isGap ? 0 : count) else { break }
        count += 1
      }
      next += 1
    }
    held.positions = 0..<0
    if first.isGap {
      setMissing(count: count)
    } else {
      try read(member: member, first, count: count)
    }
    held = (member, position..<next)
  }

  private func setMissing(count: Int) {
    for field in source.fields.indices {
      (fields.pointer + offset(field, 0)).update(repeating: .nan, count: count * cells.count)
    }
  }

  /// Where in `fields` and `weightSums` a field of a step begins.
  private func offset(_ field: Int, _ step: Int) -> Int { (field * stepsPerRead + step) * cells.count }

  private func read(member: Int, _ place: RecordCatalogue.StepPlace, count: Int) throws {
    let description = source.description(of: place)
    var isBegun = source.fields.map { _ in false }
    for (index, levels) in source.levelsByVariable {
      let variable = description.variables[index]
      let slab = Hyperslab(
        variable, levels: levels, region.grid, rows: region.rows, member: source.memberIndices[member],
        step: place.index,
        count: count)
      let type = ElementType(variable.stored.type)
      try load(slab, type, place, description)
      for (number, field) in source.fields.enumerated() {
        for part in field.parts where part.variable == index {
          let terms = Hyperslab.Terms(
            firstLevel: part.firstLevel - levels.lowerBound, weights: part.weights, areFirst: !isBegun[number])
          isBegun[number] = true
          for step in 0..<count {
            let place = offset(number, step)
            let (sums, weights) = (fields.pointer + place, field.isMean ? weightSums.map { $0.pointer + place } : nil)
            switch type {
            case .float:
              slab.add(terms, step: step, of: elements(Float.self), at: cells, to: sums, weightSums: weights)
            case .double:
              slab.add(terms, step: step, of: elements(Double.self), at: cells, to: sums, weightSums: weights)
            }
          }
        }
      }
    }
    guard let weightSums else { return }
    for (number, field) in source.fields.enumerated() where field.isMean {
      let (sums, weights) = (fields.pointer + offset(number, 0), weightSums.pointer + offset(number, 0))
      for position in 0..<count * cells.count {
        sums[position] = weights[position] > 0 ? sums[position] / weights[position] : .nan
      }
    }
  }

  private func elements<Element>(_ type: Element.Type) -> UnsafePointer<Element> {
    UnsafePointer(buffer.assumingMemoryBound(to: type))
  }

  private func load(
    _ slab: Hyperslab, _ type: ElementType, _ place: RecordCatalogue.StepPlace, _ description: FileDescription
  ) throws {
    guard together != nil || slab.elementCount > 0 else { return }
    let file = try allOrNone {
      try self.file.open(source.files[place.file].path, description.format, isParallel: together != nil)
    }
    bytesRead += slab.elementCount * type.byteCount
    switch file {
    case .hdf5(let file):
      try allOrNone {
        try file.read(slab.variable.name, start: slab.start, count: slab.count, type: type, by: chunks, into: buffer)
      }
    case .netCDF(let file):
      let variable = try file.requiredVariable(slab.variable.name)
      let (start, count) = (slab.start, slab.count)
      switch type {
      case .float: try file.read(variable, start: start, count: count, into: buffer.assumingMemoryBound(to: Float.self))
      case .double:
        try file.read(variable, start: start, count: count, into: buffer.assumingMemoryBound(to: Double.self))
      }
    }
  }

  /// Runs what all ranks that read together must do or none: where it fails on one of them, it throws on all.
  private func allOrNone<Value>(_ body: () throws -> Value) throws -> Value {
    guard let together else { return try body() }
    return try together.together(body)
  }
}
