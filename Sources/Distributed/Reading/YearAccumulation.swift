/// Steps on their way to the reduced values of their year.
///
/// Steps of a year come in order; the next year begins when the last one is complete.
final class YearAccumulation {
  private let reduction: any Reduction
  private let steps: [Step]
  private let cells: Range<Int>
  /// What the steps need while they come in; without capacity where they are added to the result itself.
  private let memory: Block
  private let work: CellBlock

  /// An accumulation of steps of a catalogue on these cells, positions in the partition's list.
  init(_ reduction: any Reduction, of catalogue: Catalogue, cells: Range<Int>) {
    self.reduction = reduction
    self.cells = cells
    steps = catalogue.steps
    let width = reduction.workWidth
    memory = Block(capacity: width * cells.count)
    work = CellBlock(memory.pointer, slotCount: width, cellCount: width > 0 ? cells.count : 0)
  }

  /// Bytes that an accumulation on this many cells holds.
  static func bytes(_ reduction: any Reduction, cells: Int) -> Int { 8 * reduction.workWidth * cells }

  /// The values of one year at a place in memory.
  func year(at pointer: UnsafeMutablePointer<Double>) -> CellBlock {
    CellBlock(pointer, slotCount: reduction.width, cellCount: cells.count)
  }

  /// Adds a step of the job; true where the year is complete with it.
  func add(_ index: Int, _ step: StepFields, to values: CellBlock) -> Bool {
    let year = steps[index].year
    let hasWork = work.slotCount > 0
    if index == 0 || steps[index - 1].year != year {
      if hasWork { work.clear() } else { values.clear() }
    }
    reduction.add(step, to: hasWork ? work : values)
    guard index + 1 == steps.count || steps[index + 1].year != year else { return false }
    if hasWork {
      values.clear()
      reduction.finish(year: year, work: work, cells: cells, to: values)
    }
    return true
  }
}
