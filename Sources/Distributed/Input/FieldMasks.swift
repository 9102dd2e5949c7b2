import Foundation

/// Which cells hold data in fields, kept from reading headers for the choice of cells.
///
/// Fields with data in the same cells share a mask. Where the masks would take too much memory, or a field could not be
/// read, none are kept.
struct FieldMasks: Codable {
  /// The distinct masks, a bit for each cell.
  private(set) var masks: [Data] = []
  /// By the number of a file: the mask of each of its times; `unread` where it was not wanted.
  private(set) var places: [Int: [Int]] = [:]
  /// Whether the masks of all fields that were wanted are here.
  private(set) var isComplete = true

  /// In the place of a mask's index.
  static let unread = -1
  /// Bytes of masks, and masks, that are kept at the most.
  private static let (largestSize, largestCount) = (8 << 20, 1000)

  /// Adds the masks of a file's times, nil where they were not wanted.
  mutating func add(_ found: [Data?], ofFile file: Int) {
    guard isComplete else { return }
    places[file] = found.map { $0.map { place(of: $0) } ?? Self.unread }
    forgetIfTooMany()
  }

  /// Adds what other ranks found.
  mutating func add(_ other: FieldMasks) {
    guard isComplete, other.isComplete else { return forget() }
    let own = other.masks.map { place(of: $0) }
    places.merge(other.places.mapValues { $0.map { $0 == Self.unread ? $0 : own[$0] } }) { $1 }
    forgetIfTooMany()
  }

  /// Keeps nothing, and takes nothing any more.
  mutating func forget() {
    self = FieldMasks()
    isComplete = false
  }

  private mutating func forgetIfTooMany() {
    guard masks.count > 1 else { return }
    if masks.count * masks[0].count > Self.largestSize || masks.count > Self.largestCount { forget() }
  }

  /// The index of a mask; most fields have that of the field before.
  private mutating func place(of mask: Data) -> Int {
    if let index = masks.lastIndex(of: mask) { return index }
    masks.append(mask)
    return masks.count - 1
  }
}

/// The cells of the reference that hold data in the first variable and layer of a source at any step of the job.
struct ValidCellMask: Codable, Sendable {
  /// The number of the source.
  var source: Int
  /// A bit for each cell.
  var bits: Data

  /// Whether each of so many cells holds data.
  func cells(count: Int) -> [Bool] { (0..<count).map { bits[$0 / 8] >> UInt8($0 % 8) & 1 != 0 } }
}

extension HeaderSurvey {
  /// The cells that hold data at any step of the job; nil where the masks do not tell.
  ///
  /// - Parameters:
  ///   - source: the number of the source, which is one record.
  ///   - index: the number of the record.
  func validCells(
    source number: Int, record index: Int, _ request: RecordRequest, of catalogue: Catalogue
  ) -> ValidCellMask? {
    guard let masks else { return nil }
    let source = catalogue.sources[number].records[0]
    guard source.parts == nil, source.ownGrid == nil else { return nil }
    let part = source.fields[0].parts[0]
    let wanted = FieldMaskReader.Place(
      variable: part.variable, level: part.firstLevel, member: source.memberIndices[0])
    var checked = Set<Int>()
    var bits = [UInt8](repeating: 0, count: (catalogue.grid.cellCount + 7) / 8)
    var last: Int?
    for place in source.stepPlaces[0] where !place.isGap {
      let header = headers[index][place.file]
      if checked.insert(header.description).inserted {
        let found = FieldMaskReader.place(
          request, descriptions[header.description], path: source.files[place.file].path,
          members: catalogue.members == [""] ? [] : catalogue.members)
        guard found == wanted else { return nil }
      }
      guard let mask = masks.places[header.file]?[place.index], mask != FieldMasks.unread else { return nil }
      if mask == last { continue }
      last = mask
      for (index, byte) in masks.masks[mask].enumerated() { bits[index] |= byte }
    }
    return ValidCellMask(source: number, bits: Data(bits))
  }
}
