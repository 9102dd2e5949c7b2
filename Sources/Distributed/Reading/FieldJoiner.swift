/// Joins fields of several records cell by cell.
///
/// A cell is missing where a record is missing there, and infinite, as reading marks an implausible value, where one of them
/// is.
final class FieldJoiner {
  private let root: Part
  private let cells: Int
  /// The joined fields of a step, by field and cell.
  private let fields: Block

  /// Room for the fields of a step.
  init(_ joint: SourceJoint, fieldCount: Int, cells: Int) {
    self.cells = cells
    root = Part(joint.term, cells: cells)
    fields = Block(capacity: fieldCount * cells)
  }

  /// Bytes that it holds.
  static func bytes(_ joint: SourceJoint, fieldCount: Int, cells: Int) -> Int {
    8 * cells * (fieldCount + Part.fieldCount(joint.term))
  }

  /// A field that was joined last, by cell.
  func field(_ field: Int) -> UnsafePointer<Double> { UnsafePointer(fields.pointer + field * cells) }

  /// Joins one field of a step.
  ///
  /// - Parameter record: the same field of each record.
  func join(_ field: Int, _ record: (Int) -> UnsafePointer<Double>) {
    (fields.pointer + field * cells).update(from: root.values(record, cells: cells), count: cells)
  }

  /// A part of the expression with the room for its values.
  private final class Part {
    private let content: Content
    private let room: Block

    private enum Content {
      case record(Int)
      case number
      case values(SourceFunction.Values, [Part])
    }

    init(_ term: SourceJoint.Term, cells: Int) {
      room = Block(capacity: Self.hasRoom(term) ? cells : 0)
      switch term {
      case .record(let index): content = .record(index)
      case .number(let number):
        content = .number
        room.pointer.update(repeating: number, count: cells)
      case .values(let values, let terms): content = .values(values, terms.map { Part($0, cells: cells) })
      }
    }

    private static func hasRoom(_ term: SourceJoint.Term) -> Bool {
      if case .record = term { return false }
      return true
    }

    /// Fields of which it and its parts keep the values.
    static func fieldCount(_ term: SourceJoint.Term) -> Int {
      switch term {
      case .record: 0
      case .number: 1
      case .values(_, let terms): terms.reduce(1) { $0 + fieldCount($1) }
      }
    }

    func values(_ record: (Int) -> UnsafePointer<Double>, cells: Int) -> UnsafePointer<Double> {
      switch content {
      case .record(let index): return record(index)
      case .number: return UnsafePointer(room.pointer)
      case .values(let values, let parts):
        let arguments = parts.map { UnsafeBufferPointer(start: $0.values(record, cells: cells), count: cells) }
        values(arguments, UnsafeMutableBufferPointer(start: room.pointer, count: cells))
        for argument in arguments {
          for cell in 0..<cells where argument[cell].isInfinite { room.pointer[cell] = .infinity }
        }
        return UnsafePointer(room.pointer)
      }
    }
  }
}
