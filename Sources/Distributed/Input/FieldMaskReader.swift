import Foundation

/// Finds which cells hold data in the fields by which a job chooses its cells: those of the first layer of a source's
/// first variable, of the reference member.
final class FieldMaskReader {
  /// The number of the record.
  let source: Int
  /// The files of the reference member.
  let paths: Set<String>
  private let request: RecordRequest
  private let members: [String]
  private let period: ClosedRange<Month>?
  /// By the number of a description: where the fields are in files that it describes; nil where that cannot be told.
  private var places: [Int: Place?] = [:]
  private var numbers: UnsafeMutableRawBufferPointer = .allocate(byteCount: 0, alignment: 64)

  /// Bytes of a file that are read for its masks at the most; what is larger is few files, which ranks share better
  /// step by step.
  private static let largestRead = 16 << 20

  /// Where in a file fields are.
  struct Place: Equatable {
    let variable: Int
    let level: Int
    /// The index along the member dimension.
    let member: Int
  }

  /// A reader of a source's fields in the period, all where that is nil.
  init(source: Int, _ request: RecordRequest, _ files: MemberFiles, members: [String], period: ClosedRange<Month>?) {
    self.source = source
    self.request = request
    self.members = members
    self.period = period
    paths = Set(files.paths[files.files[0]])
  }

  deinit { numbers.deallocate() }

  /// Bytes that reading a file's masks takes, some of which the libraries do not give back.
  static func bytes(_ source: RecordCatalogue, on grid: Grid) -> Int {
    guard source.parts == nil else { return 0 }
    var stepCounts: [Int: Int] = [:]
    for place in source.stepPlaces[0] where !place.isGap { stepCounts[place.file, default: 0] += 1 }
    let type = ElementType(source.firstDescription.variables[0].stored.type)
    let bytes = (stepCounts.values.max() ?? 0) * grid.cellCount * type.byteCount
    return bytes <= largestRead ? bytes : 0
  }

  /// Where the fields are in files of this description; nil where that cannot be told.
  static func place(
    _ request: RecordRequest, _ description: FileDescription, path: String, members: [String]
  ) -> Place? {
    guard let part = try? ProfileMaker(request, description, path: path).make().fields[0].parts[0],
      let indices = try? MemberFiles.indices(
        of: members.isEmpty ? [""] : members, request, description, path: path, isEnsemble: !members.isEmpty)
    else { return nil }
    return Place(variable: part.variable, level: part.firstLevel, member: indices[0])
  }

  /// The masks of a file's times, a bit for each cell, nil for times out of the period; nil where they cannot be told here.
  func masks(_ header: FileHeader, description: Int, in file: NetCDFFile) -> [Data?]? {
    let place =
      places[description] ?? Self.place(request, header.description, path: file.path, members: members)
    places[description] = .some(place)
    let time = header.time
    // Of what is finer than months a scan looks at the steps alone that matter.
    guard !zip(time.starts, time.ends).contains(where: { $1 - $0 < 27 * 86400 && $0 < $1 }) else { return nil }
    let months = time.months
    guard Set(months).count == months.count else { return nil }
    let wanted = months.indices.filter { time.isStatic || period?.contains(months[$0]) ?? true }
    var masks = [Data?](repeating: nil, count: time.count)
    guard let first = wanted.first, let last = wanted.last else { return masks }
    guard let place, let variable = file.variable(header.description.variables[place.variable].name) else { return nil }
    let slab = Hyperslab(
      header.description.variables[place.variable], levels: place.level..<place.level + 1, header.grid,
      rows: 0..<header.grid.rowCount, member: place.member, step: first, count: last + 1 - first)
    let type = ElementType(variable.type)
    let size = slab.elementCount * type.byteCount
    // What the library leaves alone, because it was never written, counts as missing; where it converts numbers, it does
    // so from memory of its own.
    let isConverted = variable.type != .float && variable.type != .double
    guard size <= Self.largestRead, !isConverted || file.hasFill(variable) else { return nil }
    if numbers.count < size {
      numbers.deallocate()
      numbers = .allocate(byteCount: size, alignment: 64)
    }
    let isRead =
      switch type {
      case .float:
        read(slab, variable, of: file, as: Float.self, wanted, &masks) {
          try file.read($0, start: $1, count: $2, into: $3)
        }
      case .double:
        read(slab, variable, of: file, as: Double.self, wanted, &masks) {
          try file.read($0, start: $1, count: $2, into: $3)
        }
      }
    return isRead ? masks : nil
  }

  private func read<Element: BinaryFloatingPoint>(
    _ slab: Hyperslab, _ variable: NetCDFFile.Variable, of file: NetCDFFile, as type: Element.Type, _ wanted: [Int],
    _ masks: inout [Data?],
    _ read: (NetCDFFile.Variable, [Int], [Int], UnsafeMutablePointer<Element>) throws -> Void
  ) -> Bool {
    guard let base = numbers.baseAddress else { return slab.elementCount == 0 }
    let elements = base.bindMemory(to: type, capacity: slab.elementCount)
    elements.initialize(repeating: .nan, count: slab.elementCount)
    guard (try? read(variable, slab.start, slab.count, elements)) != nil else { return false }
    for time in wanted { masks[time] = slab.mask(step: time - wanted[0], of: elements) }
    return true
  }
}
